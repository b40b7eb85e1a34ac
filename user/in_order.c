/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the heap of the events that may still be overtaken, and the file of the late ones. Does not know what the bytes
 * are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "in_order.h"
#include "spool.h"

#define WINDOW 100000000 /* ns: no more calls wait in the heap, no shorter ones go to disk */

struct waiting {
	int64_t t;
	int64_t id;
	uint32_t len;
	void *bytes;
};

struct in_order {
	int (*put)(void *arg, const void *bytes, size_t len);
	void *arg;
	int pass;
	int64_t newest; /* the last return so far; the same in both passes */
	struct spool *late;
	size_t late_next;
	struct waiting *heap; /* the earliest first */
	size_t heap_count, heap_room;
};

static bool earlier(int64_t t, int64_t id, int64_t than_t, int64_t than_id)
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

static int heap_add(struct in_order *o, int64_t t, int64_t id, const void *bytes, size_t len)
{
	struct waiting w = { .t = t, .id = id, .len = (uint32_t)len };
	struct waiting *heap;

	if (o->heap_count == o->heap_room) {
		heap = reallocarray(o->heap, o->heap_room ? 2 * o->heap_room : 256, sizeof(*heap));
		if (!heap)
			return -ENOMEM;
		o->heap = heap;
		o->heap_room = o->heap_room ? 2 * o->heap_room : 256;
	}
	w.bytes = malloc(len);
	if (!w.bytes)
		return -ENOMEM;
	memcpy(w.bytes, bytes, len);
	o->heap[o->heap_count] = w;
	heap_up(o->heap, o->heap_count++);
	return 0;
}

static int heap_put(struct in_order *o)
{
	struct waiting first = o->heap[0];
	int err = o->put(o->arg, first.bytes, first.len);

	o->heap[0] = o->heap[--o->heap_count];
	if (o->heap_count)
		heap_down(o->heap, o->heap_count);
	free(first.bytes);
	return err;
}

/* Gives out what was put aside and is due before (t, id). */
static int late_put(struct in_order *o, int64_t t, int64_t id)
{
	const char *bytes;
	int64_t late_t;
	size_t len;
	int64_t late_id;
	int err = 0;

	for (; !err && o->late_next < spool_count(o->late); o->late_next++) {
		spool_key(o->late, o->late_next, &late_t, &late_id);
		if (!earlier(late_t, late_id, t, id))
			break;
		err = spool_text(o->late, o->late_next, &bytes, &len);
		if (!err)
			err = o->put(o->arg, bytes, len);
	}
	return err;
}

/* Gives out the events before t: none of them can come any more. */
static int release(struct in_order *o, int64_t t)
{
	int err = 0;

	while (!err && o->heap_count && o->heap[0].t < t) {
		err = late_put(o, o->heap[0].t, o->heap[0].id);
		if (!err)
			err = heap_put(o);
	}
	return err;
}

int in_order_open(struct in_order **order, int (*put)(void *arg, const void *bytes, size_t len), void *arg)
{
	struct in_order *o = calloc(1, sizeof(*o));
	int err = o ? spool_open(&o->late) : -ENOMEM;

	if (err) {
		free(o);
		return err;
	}
	o->put = put;
	o->arg = arg;
	*order = o;
	return 0;
}

void in_order_begin(struct in_order *o, int pass)
{
	o->pass = pass;
	o->newest = INT64_MIN + WINDOW;
}

bool in_order_takes(struct in_order *o, int64_t t, int64_t dur)
{
	bool late;

	if (dur >= 0 && t + dur > o->newest)
		o->newest = t + dur;
	late = t < o->newest - WINDOW;
	return late == !o->pass;
}

int in_order_add(struct in_order *o, int64_t t, int64_t id, const void *bytes, size_t len)
{
	int err;

	if (!o->pass)
		return spool_add(o->late, t, id, bytes, len);
	err = heap_add(o, t, id, bytes, len);
	return err ? err : release(o, o->newest - WINDOW);
}

int in_order_end(struct in_order *o)
{
	int err;

	if (!o->pass)
		return spool_sort(o->late);
	err = release(o, INT64_MAX);
	return err ? err : late_put(o, INT64_MAX, 0);
}

void in_order_close(struct in_order *o)
{
	if (!o)
		return;
	while (o->heap_count)
		free(o->heap[--o->heap_count].bytes);
	free(o->heap);
	spool_close(o->late);
	free(o);
}
