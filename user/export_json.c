/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The json format: one document, an object a line, events in order of their entry. The model hands an event over when its
 * call returned, and a process when it ended: hence two passes over the capture. The first puts processes and
 * sockets aside, and events that come later than WINDOW after their entry. The second sends the other
 * events through a heap that holds WINDOW of them, and merges both. Knows the order, not the fields.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter.h"
#include "spool.h"
#include "timeline.h"

#define WINDOW 100000000 /* ns: no more calls wait in the heap, no shorter ones go to disk */

struct waiting { /* an event's text, in the heap */
	int64_t t;
	int id;
	uint32_t len;
	char *text;
};

struct json_export {
	FILE *out;
	int pass;
	int64_t newest; /* the last return so far; the same in both passes */
	struct spool *processes, *sockets, *late;
	size_t late_next;
	struct waiting *heap; /* the earliest first */
	size_t heap_count, heap_room;
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
static int put_line(struct json_export *x, const char *text, size_t len)
{
	int err = put_text(x, x->separator);

	x->separator = ",\n";
	return err ? err : put(x, text, len);
}

static bool earlier(int64_t t, int id, int64_t than_t, int than_id)
{
	return t != than_t ? t < than_t : id < than_id;
}

static void heap_up(struct waiting *heap, size_t i)
{
	struct waiting moved = heap[i];
	size_t parent;

	for (; i; i = parent) {
		parent = (i - 1) / 2;
		if (!earlier(moved.t, moved.id, heap[parent].t, heap[parent].id))
			break;
		heap[i] = heap[parent];
	}
	heap[i] = moved;
}

static void heap_down(struct waiting *heap, size_t count)
{
	struct waiting moved = heap[0];
	size_t i = 0, child;

	for (; (child = 2 * i + 1) < count; i = child) {
		if (child + 1 < count && earlier(heap[child + 1].t, heap[child + 1].id, heap[child].t, heap[child].id))
			child++;
		if (!earlier(heap[child].t, heap[child].id, moved.t, moved.id))
			break;
		heap[i] = heap[child];
	}
	heap[i] = moved;
}

static int heap_add(struct json_export *x, const struct event *event, const char *text, size_t len)
{
	struct waiting w = { .t = event->t, .id = event->id, .len = (uint32_t)len };
	struct waiting *heap;

	if (x->heap_count == x->heap_room) {
		heap = reallocarray(x->heap, x->heap_room ? 2 * x->heap_room : 256, sizeof(*heap));
		if (!heap)
			return -ENOMEM;
		x->heap = heap;
		x->heap_room = x->heap_room ? 2 * x->heap_room : 256;
	}
	w.text = malloc(len);
	if (!w.text)
		return -ENOMEM;
	memcpy(w.text, text, len);
	x->heap[x->heap_count] = w;
	heap_up(x->heap, x->heap_count++);
	return 0;
}

static int heap_put(struct json_export *x)
{
	struct waiting first = x->heap[0];
	int err = put_line(x, first.text, first.len);

	x->heap[0] = x->heap[--x->heap_count];
	if (x->heap_count)
		heap_down(x->heap, x->heap_count);
	free(first.text);
	return err;
}

static int spool_put(struct json_export *x, struct spool *s, size_t i)
{
	const char *text;
	size_t len;
	int err = spool_text(s, i, &text, &len);

	return err ? err : put_line(x, text, len);
}

/* Writes what was put aside and is due before (t, id). */
static int late_put(struct json_export *x, int64_t t, int id)
{
	int64_t late_t;
	int late_id, err = 0;

	for (; !err && x->late_next < spool_count(x->late); x->late_next++) {
		spool_key(x->late, x->late_next, &late_t, &late_id);
		if (!earlier(late_t, late_id, t, id))
			break;
		err = spool_put(x, x->late, x->late_next);
	}
	return err;
}

/* Writes the events before t: none of them can come any more. */
static int release(struct json_export *x, int64_t t)
{
	int err = 0;

	while (!err && x->heap_count && x->heap[0].t < t) {
		err = late_put(x, x->heap[0].t, x->heap[0].id);
		if (!err)
			err = heap_put(x);
	}
	return err;
}

static int begin(void *self, FILE *out, int pass)
{
	struct json_export *x = self;
	int err;

	x->out = out;
	x->pass = pass;
	x->newest = INT64_MIN + WINDOW;
	if (pass)
		return 0;
	err = spool_open(&x->processes);
	if (!err)
		err = spool_open(&x->sockets);
	if (!err)
		err = spool_open(&x->late);
	return err;
}

static int event(void *self, const struct event *event)
{
	struct json_export *x = self;
	const char *text;
	size_t len;
	cJSON *o;
	bool late;
	int err;

	if (event->dur >= 0 && event->t + event->dur > x->newest)
		x->newest = event->t + event->dur;
	late = event->t < x->newest - WINDOW;
	if (late != !x->pass)
		return 0;
	o = json_begin();
	timeline_event(o, event);
	err = json_end(o, &text, &len);
	if (err)
		return err;
	if (late)
		return spool_add(x->late, event->t, event->id, text, len);
	err = heap_add(x, event, text, len);
	return err ? err : release(x, x->newest - WINDOW);
}

static int put_aside(struct spool *s, int id, cJSON *o)
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
	return err ? err : spool_sort(x->late);
}

static int end(void *self, const struct trace *trace, int pass)
{
	struct json_export *x = self;
	int err;

	if (!pass)
		return put_head(x, trace);
	err = release(x, INT64_MAX);
	if (!err)
		err = late_put(x, INT64_MAX, 0);
	return err ? err : put_text(x, "\n]}\n");
}

static void *open_export(void)
{
	return calloc(1, sizeof(struct json_export));
}

static void close_export(void *self)
{
	struct json_export *x = self;

	while (x->heap_count)
		free(x->heap[--x->heap_count].text);
	free(x->heap);
	spool_close(x->processes);
	spool_close(x->sockets);
	spool_close(x->late);
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
