/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A queue of copied records per CPU, each sorted as it grows; a mark merges them by a heap of the CPUs that have any.
 * Memory is reused from mark to mark: nothing is allocated per record.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "order.h"

#define NEAR 64 /* inversions no further than this are put right on arrival, others when a mark comes */

struct entry {
	uint64_t ts;
	size_t at; /* in the queue's bytes */
	uint32_t seq;
	uint32_t len;
};

struct queue { /* of a CPU */
	struct entry *entries; /* live ones: first to count */
	size_t first, count, room;
	uint8_t *bytes;
	size_t used, size;
	uint32_t cpu;
	bool unsorted;
};

struct order {
	record_fn *out;
	void *arg;
	struct queue **queues; /* by CPU, NULL: none seen yet */
	struct queue **heap; /* those with records; a heap only while a mark is served */
	size_t cpus, active;
	uint8_t *spare; /* a queue's bytes, the last time one was compacted */
	size_t spare_size;
	uint64_t mark;
	unsigned long late;
};

struct order *order_new(record_fn *out, void *arg)
{
	struct order *o = calloc(1, sizeof(*o));

	if (o)
		*o = (struct order){ .out = out, .arg = arg };
	return o;
}

unsigned long order_late(const struct order *o)
{
	return o->late;
}

void order_free(struct order *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->cpus; i++) {
		if (!o->queues[i])
			continue;
		free(o->queues[i]->entries);
		free(o->queues[i]->bytes);
		free(o->queues[i]);
	}
	free(o->queues);
	free(o->heap);
	free(o->spare);
	free(o);
}

static int cpus_grow(struct order *o, size_t cpus)
{
	struct queue **queues = reallocarray(o->queues, cpus, sizeof(*queues)), **heap;

	if (!queues)
		return -ENOMEM;
	o->queues = queues;
	heap = reallocarray(o->heap, cpus, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	o->heap = heap;
	memset(queues + o->cpus, 0, (cpus - o->cpus) * sizeof(*queues));
	o->cpus = cpus;
	return 0;
}

static struct queue *queue_of(struct order *o, uint16_t cpu)
{
	if (cpu >= o->cpus && cpus_grow(o, cpu + 1u))
		return NULL;
	if (!o->queues[cpu]) {
		o->queues[cpu] = calloc(1, sizeof(struct queue));
		if (o->queues[cpu])
			o->queues[cpu]->cpu = cpu;
	}
	return o->queues[cpu];
}

static int queue_grow(struct queue *q, size_t len)
{
	if (q->count == q->room) {
		size_t room = q->room ? 2 * q->room : 16;
		struct entry *entries = reallocarray(q->entries, room, sizeof(*entries));

		if (!entries)
			return -ENOMEM;
		q->entries = entries;
		q->room = room;
	}
	if (!q->bytes || q->used + len > q->size) {
		size_t size = 2 * q->size + len;
		uint8_t *bytes = realloc(q->bytes, size);

		if (!bytes)
			return -ENOMEM;
		q->bytes = bytes;
		q->size = size;
	}
	return 0;
}

static bool entry_before(const struct entry *a, const struct entry *b)
{
	return a->ts != b->ts ? a->ts < b->ts : (int32_t)(a->seq - b->seq) < 0;
}

/* For records far out of order; with equal times, which came first decides. */
static int entry_compare(const void *x, const void *y)
{
	const struct entry *a = x, *b = y;

	if (a->ts != b->ts)
		return a->ts < b->ts ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* The new entry stands last: moves it up to its place. */
static void queue_settle(struct queue *q)
{
	struct entry *last = &q->entries[q->count - 1], new = *last, *e = last;

	while (e > q->entries + q->first && entry_before(&new, e - 1)) {
		if (last - e == NEAR) {
			q->unsorted = true;
			return;
		}
		e--;
	}
	memmove(e + 1, e, (size_t)(last - e) * sizeof(*e));
	*e = new;
}

static int queue_add(struct queue *q, const struct rec_head *rec)
{
	int err = queue_grow(q, rec->len);

	if (err)
		return err;
	memcpy(q->bytes + q->used, rec, rec->len);
	q->entries[q->count++] = (struct entry){ .ts = rec->ts, .at = q->used, .seq = rec->seq, .len = rec->len };
	q->used += rec->len;
	queue_settle(q);
	return 0;
}

/* Frees what was let go, when that is at least half: what is copied then is paid for by what went. */
static int queue_compact(struct order *o, struct queue *q)
{
	size_t live = q->count - q->first, used = 0, size = q->size;
	uint8_t *bytes = q->bytes;

	if (q->first < live)
		return 0;
	if (o->spare_size < q->used) {
		uint8_t *spare = realloc(o->spare, q->size);

		if (!spare)
			return -ENOMEM;
		o->spare = spare;
		o->spare_size = q->size;
	}
	for (size_t i = 0; i < live; i++) {
		struct entry *e = &q->entries[i];

		*e = q->entries[q->first + i];
		memcpy(o->spare + used, bytes + e->at, e->len);
		e->at = used;
		used += e->len;
	}
	q->first = 0;
	q->count = live;
	q->used = used;
	q->bytes = o->spare;
	q->size = o->spare_size;
	o->spare = bytes;
	o->spare_size = size;
	return 0;
}

static bool queue_before(const struct queue *a, const struct queue *b)
{
	uint64_t x = a->entries[a->first].ts, y = b->entries[b->first].ts;

	return x != y ? x < y : a->cpu < b->cpu;
}

static void heap_sift(struct order *o, size_t i)
{
	struct queue *q = o->heap[i];

	for (size_t child; (child = 2 * i + 1) < o->active; i = child) {
		if (child + 1 < o->active && queue_before(o->heap[child + 1], o->heap[child]))
			child++;
		if (!queue_before(o->heap[child], q))
			break;
		o->heap[i] = o->heap[child];
	}
	o->heap[i] = q;
}

static void heap_make(struct order *o)
{
	for (size_t i = 0; i < o->active; i++) {
		struct queue *q = o->heap[i];

		if (q->unsorted)
			qsort(q->entries + q->first, q->count - q->first, sizeof(*q->entries), entry_compare);
		q->unsorted = false;
	}
	for (size_t i = o->active / 2; i-- > 0;)
		heap_sift(o, i);
}

/* Hands on every record up to ts. */
static int order_release(struct order *o, uint64_t ts)
{
	int err = 0;

	heap_make(o);
	while (!err && o->active) {
		struct queue *q = o->heap[0];
		const struct entry *e = &q->entries[q->first];

		if (e->ts > ts)
			break;
		if (++q->first == q->count)
			o->heap[0] = o->heap[--o->active];
		if (o->active)
			heap_sift(o, 0);
		err = o->out(o->arg, (const struct rec_head *)(q->bytes + e->at));
		if (q->first == q->count)
			q->first = q->count = q->used = 0;
	}
	for (size_t i = 0; i < o->active && !err; i++)
		err = queue_compact(o, o->heap[i]);
	return err;
}

int order_push(struct order *o, const struct rec_head *rec)
{
	struct queue *q;
	int err;

	if (rec->kind == REC_MARK) {
		if (rec->ts > o->mark)
			o->mark = rec->ts;
		return order_release(o, rec->ts);
	}
	if (rec->ts < o->mark) {
		o->late++;
		return o->out(o->arg, rec);
	}
	q = queue_of(o, rec->cpu);
	if (!q)
		return -ENOMEM;
	err = queue_add(q, rec);
	if (!err && q->count - q->first == 1)
		o->heap[o->active++] = q;
	return err;
}

int order_flush(struct order *o)
{
	return order_release(o, UINT64_MAX);
}
