/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line a socket, as it ends. Keeps nothing.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "exporter.h"
#include "names.h"
#include "text.h"

#define NSEC 1000000000
#define WHO 96 /* an escaped comm, and a pid */

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

static void who_text(const struct life *life, char *text, size_t size)
{
	size_t len;

	snprintf(text, size, "?");
	if (!life->pid)
		return;
	len = text_escape(life->comm, strnlen(life->comm, COMM_LEN), text, size);
	snprintf(text + len, size - len, "[%u]", life->pid);
}

static void print_address(FILE *out, const struct address *a)
{
	char bytes[ADDRESS_TEXT], text[TEXT_ROOM(ADDRESS_TEXT)] = "-";

	if (a->len)
		text_escape(bytes, address_text(a, bytes, sizeof(bytes)), text, sizeof(text));
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

/* The last state before it closed. */
static const char *last_state(const struct life *life)
{
	size_t i = life->state_count;

	if (i && life->states[i - 1].state == STATE_CLOSED)
		i--;
	return i ? state_name(life->states[i - 1].state) : "-";
}

static void print_count(FILE *out, int64_t count, const char *of)
{
	if (count > 0)
		fprintf(out, ", %" PRId64 " %s", count, of);
}

/* What a reset that was received queues: tcp_reset(). */
static bool reset_queues(const struct life *life, int error)
{
	for (size_t i = 0; i < life->reset_count; i++)
		if (!life->resets[i].sent)
			return error == ECONNREFUSED || error == EPIPE || error == ECONNRESET;
	return false;
}

static void print_errors(FILE *out, const struct life *life)
{
	char buf[NAME_MAX_TEXT];
	size_t i, k;
	int error;

	for (i = 0; i < life->error_count; i++) {
		error = life->errors[i].error;
		for (k = 0; life->errors[k].error != error; k++)
			;
		if (k == i && !reset_queues(life, error))
			fprintf(out, ", %s", name_errno(error, buf, sizeof(buf)));
	}
}

/* How it ended, and what went wrong before. */
static void print_end(FILE *out, const struct life *life)
{
	fputs(end_name(life->closed == OPEN ? BY_OPEN : life->closed_by), out);
	if (life->uncertain)
		putc('?', out);
	if (life->reset_count)
		fprintf(out, ", reset %s", life->resets[life->reset_count - 1].sent ? "sent" : "received");
	print_errors(out, life);
	print_count(out, (int64_t)life->retransmits, "retransmitted");
	print_count(out, (int64_t)life->dropped, "dropped");
	print_count(out, (int64_t)life->truncated, "truncated");
	print_count(out, life->overflows, life->overflows == 1 ? "SYN dropped" : "SYNs dropped");
	print_count(out, life->unaccepted, "not accepted");
	print_count(out, life->unread, "bytes unread");
	print_count(out, life->unsent, "bytes unsent");
	putc('\n', out);
}

static int life(void *self, const struct life *life)
{
	const struct descriptor *first = life->descriptor_count ? life->descriptors : NULL;
	const struct report_export *x = self;
	char who[WHO], family[NAME_MAX_TEXT], type[NAME_MAX_TEXT], fd[NAME_MAX_TEXT];

	who_text(life, who, sizeof(who));
	fprintf(x->out, "%5d %-22s %8s %-10s %-14s", life->id, who,
		first ? name_fd(first->fd, first->direct, fd, sizeof(fd)) : "-",
		life->known ? name_family(life->family, family, sizeof(family)) : "?",
		life->known ? name_type(life->type, type, sizeof(type)) : "?");
	print_address(x->out, &life->local);
	print_address(x->out, &life->peer);
	fprintf(x->out, " %12" PRIu64 " %12" PRIu64, life->sent, life->received);
	print_seconds(x->out, 0, life->created);
	print_seconds(x->out, life->created, life->closed);
	fprintf(x->out, " %-18s ", last_state(life));
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
