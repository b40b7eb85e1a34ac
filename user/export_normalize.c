/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The golden form of a capture: of the objects that the json format has.
 */
#include <stdlib.h>

#include "exporter.h"
#include "golden.h"
#include "timeline.h"

struct normalize_export {
	struct golden *golden;
	FILE *out;
};

static int begin(void *self, FILE *out, int pass)
{
	struct normalize_export *x = self;

	(void)pass;
	x->out = out;
	return 0;
}

/* o: of json_begin(). */
static int add(void *self, cJSON *o, int (*golden_add)(struct golden *g, const cJSON *o, const char *json))
{
	struct normalize_export *x = self;
	const char *text;
	size_t len;
	int err = json_end(o, &text, &len);

	return err ? err : golden_add(x->golden, o, text);
}

static int event(void *self, const struct event *event)
{
	cJSON *o = json_begin();

	timeline_event(o, event);
	return add(self, o, golden_add_event);
}

static int process(void *self, const struct process *process)
{
	cJSON *o = json_begin();

	timeline_process(o, process);
	return add(self, o, golden_add_process);
}

static int life(void *self, const struct life *life)
{
	cJSON *o = json_begin();

	timeline_socket(o, life);
	return add(self, o, golden_add_socket);
}

static int end(void *self, const struct trace *trace, int pass)
{
	struct normalize_export *x = self;
	cJSON *o = json_begin();
	int err;

	(void)pass;
	timeline_trace(o, trace);
	err = json_done();
	if (!err)
		err = golden_add_trace(x->golden, o);
	if (!err)
		err = golden_order(x->golden);
	return err ? err : golden_print(x->golden, x->out);
}

static void *open_export(void)
{
	struct normalize_export *x = calloc(1, sizeof(*x));

	if (x)
		x->golden = golden_new();
	if (x && x->golden)
		return x;
	free(x);
	return NULL;
}

static void close_export(void *self)
{
	struct normalize_export *x = self;

	golden_free(x->golden);
	free(x);
}

const struct exporter_ops export_normalize = {
	.format = "golden",
	.passes = 1,
	.begin = begin,
	.event = event,
	.process = process,
	.life = life,
	.end = end,
	.open = open_export,
	.close = close_export,
};
