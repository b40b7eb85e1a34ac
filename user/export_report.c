/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line a socket, as it ends. Keeps nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "exporter.h"
#include "life_text.h"
#include "names.h"

#define NSEC 1000000000

struct report_export {
	FILE *out;
};

static int begin(void *self, FILE *out, int pass)
{
	struct report_export *x = self;

	(void)pass;
	x->out = out;
	fprintf(out, "%5s %-22s %8s %-10s %-14s %-24s %-24s %12s %12s %12s %12s %-18s %s\n", "ID", "PROCESS", "FD",
		"FAMILY", "TYPE", "LOCAL", "PEER", "SENT", "RECEIVED", "FROM", "OPEN", "STATE", "ENDED");
	return ferror(out) ? -errno : 0;
}

static void print_address(FILE *out, const struct address *a)
{
	char text[LIFE_ADDRESS];

	life_address(a, text, sizeof(text));
	fprintf(out, " %-24s", text);
}

static void print_seconds(FILE *out, int64_t from, int64_t to)
{
	int64_t ns = to - from;

	if (from < 0 || to < from)
		fprintf(out, " %12s", "-");
	else
		fprintf(out, " %5" PRId64 ".%06" PRId64, ns / NSEC, ns % NSEC / 1000);
}

/* How it ended, and what went wrong before. */
static void print_end(FILE *out, const struct life *life)
{
	char text[LIFE_TROUBLE];

	fputs(end_name(life->closed == OPEN ? BY_OPEN : life->closed_by), out);
	if (life->uncertain)
		putc('?', out);
	life_trouble(life, text, sizeof(text));
	fputs(text, out);
	putc('\n', out);
}

static int life(void *self, const struct life *life)
{
	const struct descriptor *first = life->descriptor_count ? life->descriptors : NULL;
	const struct report_export *x = self;
	char who[LIFE_WHO], family[NAME_MAX_TEXT], type[NAME_MAX_TEXT], fd[NAME_MAX_TEXT];

	life_who(life, who, sizeof(who));
	fprintf(x->out, "%5" PRId64 " %-22s %8s %-10s %-14s", life->id, who,
		first ? name_fd(first->fd, first->direct, fd, sizeof(fd)) : "-",
		life->known ? name_family(life->family, family, sizeof(family)) : "?",
		life->known ? name_type(life->type, type, sizeof(type)) : "?");
	print_address(x->out, &life->local);
	print_address(x->out, &life->peer);
	fprintf(x->out, " %12" PRIu64 " %12" PRIu64, life->sent, life->received);
	print_seconds(x->out, 0, life->created);
	print_seconds(x->out, life->created, life->closed);
	fprintf(x->out, " %-18s ", life_state(life));
	print_end(x->out, life);
	return ferror(x->out) ? -errno : 0;
}

static int end(void *self, const struct trace *trace, int pass)
{
	const struct report_export *x = self;

	(void)pass;
	if (trace->lost)
		fprintf(x->out, "lost %" PRIu64 " records: what is shown may be incomplete\n", trace->lost);
	return ferror(x->out) ? -errno : 0;
}

static void *open_export(void)
{
	return calloc(1, sizeof(struct report_export));
}

const struct exporter_ops export_report = {
	.format = "report",
	.passes = 1,
	.begin = begin,
	.life = life,
	.end = end,
	.open = open_export,
	.close = free,
};
