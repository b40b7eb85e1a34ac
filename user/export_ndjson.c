/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ndjson format: the objects of the json format, one a line, each with a kind, as they end. The trace is the last line:
 * what was lost is known then. Knows no fields and keeps nothing.
 */
#include <errno.h>
#include <stdlib.h>

#include "exporter.h"
#include "timeline.h"

struct ndjson_export {
	FILE *out;
};

static cJSON *line_begin(const char *kind)
{
	cJSON *o = json_begin();

	json_text(o, "kind", kind);
	return o;
}

static int line_end(struct ndjson_export *x, cJSON *o)
{
	const char *text;
	size_t len;
	int err = json_end(o, &text, &len);

	if (err)
		return err;
	if (fwrite_unlocked(text, 1, len, x->out) != len || putc_unlocked('\n', x->out) == EOF)
		return -errno;
	return 0;
}

static int begin(void *self, FILE *out, int pass)
{
	struct ndjson_export *x = self;

	(void)pass;
	x->out = out;
	return 0;
}

static int event(void *self, const struct event *event)
{
	cJSON *o = line_begin("event");

	timeline_event(o, event);
	return line_end(self, o);
}

static int process(void *self, const struct process *process)
{
	cJSON *o = line_begin("process");

	timeline_process(o, process);
	return line_end(self, o);
}

static int life(void *self, const struct life *life)
{
	cJSON *o = line_begin("socket");

	timeline_socket(o, life);
	return line_end(self, o);
}

static int end(void *self, const struct trace *trace, int pass)
{
	cJSON *o = line_begin("trace");

	(void)pass;
	timeline_head(o, trace);
	timeline_trace(o, trace);
	return line_end(self, o);
}

static void *open_export(void)
{
	return calloc(1, sizeof(struct ndjson_export));
}

const struct exporter_ops export_ndjson = {
	.format = "ndjson",
	.passes = 1,
	.begin = begin,
	.event = event,
	.process = process,
	.life = life,
	.end = end,
	.open = open_export,
	.close = free,
};
