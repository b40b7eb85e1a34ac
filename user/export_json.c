/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The json format: one document, an object a line, events in order of their entry. The model hands a process and a
 * socket over when it ended: they are put aside in the first pass, and written before the events. Knows the order of
 * what is written, not the fields.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter.h"
#include "in_order.h"
#include "spool.h"
#include "timeline.h"

struct json_export {
	FILE *out;
	int pass;
	struct spool *processes, *sockets;
	struct in_order *events;
	const char *separator; /* before the next line of an array */
};

static int put(struct json_export *x, const char *text, size_t len)
{
	return fwrite_unlocked(text, 1, len, x->out) == len ? 0 : -errno;
}

static int put_text(struct json_export *x, const char *text)
{
	return put(x, text, strlen(text));
}

/* A line of an array. */
static int put_line(void *self, const void *text, size_t len)
{
	struct json_export *x = self;
	int err = put_text(x, x->separator);

	x->separator = ",\n";
	return err ? err : put(x, text, len);
}

static int spool_put(struct json_export *x, struct spool *s, size_t i)
{
	const char *text;
	size_t len;
	int err = spool_text(s, i, &text, &len);

	return err ? err : put_line(x, text, len);
}

static int begin(void *self, FILE *out, int pass)
{
	struct json_export *x = self;
	int err = 0;

	x->out = out;
	x->pass = pass;
	if (!pass)
		err = spool_open(&x->processes);
	if (!pass && !err)
		err = spool_open(&x->sockets);
	if (!pass && !err)
		err = in_order_open(&x->events, put_line, x);
	if (!err)
		in_order_begin(x->events, pass);
	return err;
}

static int event(void *self, const struct event *event)
{
	struct json_export *x = self;
	const char *text;
	size_t len;
	cJSON *o;
	int err;

	if (!in_order_takes(x->events, event->t, event->dur))
		return 0;
	o = json_begin();
	timeline_event(o, event);
	err = json_end(o, &text, &len);
	return err ? err : in_order_add(x->events, event->t, event->id, text, len);
}

static int put_aside(struct spool *s, int64_t id, cJSON *o)
{
	const char *text;
	size_t len;
	int err = json_end(o, &text, &len);

	return err ? err : spool_add(s, 0, id, text, len);
}

static int process(void *self, const struct process *process)
{
	struct json_export *x = self;
	cJSON *o;

	if (x->pass)
		return 0;
	o = json_begin();
	timeline_process(o, process);
	return put_aside(x->processes, process->id, o);
}

static int life(void *self, const struct life *life)
{
	struct json_export *x = self;
	cJSON *o;

	if (x->pass)
		return 0;
	o = json_begin();
	timeline_socket(o, life);
	return put_aside(x->sockets, life->id, o);
}

static int put_all(struct json_export *x, const char *name, struct spool *s)
{
	int err = spool_sort(s);
	size_t i;

	if (!err)
		err = put_text(x, name);
	x->separator = "\n";
	for (i = 0; !err && i < spool_count(s); i++)
		err = spool_put(x, s, i);
	return err;
}

/* All that stands before the events. */
static int put_head(struct json_export *x, const struct trace *trace)
{
	cJSON *o = json_begin();
	const char *text;
	size_t len;
	int err;

	timeline_head(o, trace);
	timeline_trace(json_object(o, "trace"), trace);
	err = json_end(o, &text, &len);
	if (!err)
		err = put(x, text, len - 1); /* the object goes on */
	if (!err)
		err = put_all(x, ",\n\"processes\":[", x->processes);
	if (!err)
		err = put_all(x, "\n],\n\"sockets\":[", x->sockets);
	if (!err)
		err = put_text(x, "\n],\n\"events\":[");
	x->separator = "\n";
	return err;
}

static int end(void *self, const struct trace *trace, int pass)
{
	struct json_export *x = self;
	int err = in_order_end(x->events);

	if (err)
		return err;
	return pass ? put_text(x, "\n]}\n") : put_head(x, trace);
}

static void *open_export(void)
{
	return calloc(1, sizeof(struct json_export));
}

static void close_export(void *self)
{
	struct json_export *x = self;

	spool_close(x->processes);
	spool_close(x->sockets);
	in_order_close(x->events);
	free(x);
}

const struct exporter_ops export_json = {
	.format = "json",
	.passes = 2,
	.begin = begin,
	.event = event,
	.process = process,
	.life = life,
	.end = end,
	.open = open_export,
	.close = close_export,
};
