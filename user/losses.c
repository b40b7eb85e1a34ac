/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A gap in the numbers of a CPU stays open for a few records: one that was overtaken by those of an interrupt on top of it
 * fills it again. Then it becomes an interval. Owns the intervals; no I/O.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "losses.h"
#include "model.h"

#define NESTING 8 /* a record is overtaken by fewer: softirq, irq, NMI, and a second of each */
#define INTERVALS_MAX 4096

struct lane { /* of a CPU */
	uint64_t last; /* ts of the last record */
	uint64_t from, to; /* of the open gap */
	uint64_t missing; /* records missing in it, 0: no open gap */
	uint32_t next; /* the number expected */
	uint32_t behind; /* records since the gap was last widened */
};

struct losses {
	struct lane *lanes;
	size_t cpus;
	struct loss_interval *intervals;
	size_t count, room;
	uint64_t mono, last, total;
};

static const char *const loss_names[LOSS_KINDS] = {
	[LOSS_RING_FULL] = "ring full",
	[LOSS_NO_STORAGE] = "no storage",
	[LOSS_UNPAIRED] = "unpaired",
};

const char *loss_name(enum loss loss)
{
	return loss_names[loss];
}

void losses_free(struct losses *l)
{
	if (!l)
		return;
	free(l->lanes);
	free(l->intervals);
	free(l);
}

struct loss_interval *losses_intervals(const struct losses *l, size_t *count)
{
	*count = l->count;
	return l->intervals;
}

uint64_t losses_total(const struct losses *l)
{
	return l->total;
}

static int interval_compare(const void *x, const void *y)
{
	const struct loss_interval *a = x, *b = y;

	return a->from < b->from ? -1 : a->from > b->from;
}

static int time_compare(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;

	return a < b ? -1 : a > b;
}

/* Joins the closest half of the intervals, in whatever CPUs; all have one reason until the end. */
static void intervals_thin(struct losses *l)
{
	int64_t apart[INTERVALS_MAX], sorted[INTERVALS_MAX];
	struct loss_interval *in = l->intervals;
	size_t kept = 0;

	qsort(in, l->count, sizeof(*in), interval_compare);
	for (size_t i = 1; i < l->count; i++)
		apart[i] = sorted[i - 1] = in[i].from - in[i - 1].to;
	qsort(sorted, l->count - 1, sizeof(*sorted), time_compare);
	for (size_t i = 1; i < l->count; i++) {
		if (apart[i] > sorted[l->count / 2]) {
			in[++kept] = in[i];
			continue;
		}
		in[kept].to = in[i].to > in[kept].to ? in[i].to : in[kept].to;
		in[kept].events += in[i].events;
	}
	l->count = kept + 1;
}

static int interval_add(struct losses *l, struct loss_interval interval)
{
	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 16;
		struct loss_interval *in = reallocarray(l->intervals, room, sizeof(*in));

		if (!in)
			return -ENOMEM;
		l->intervals = in;
		l->room = room;
	}
	l->intervals[l->count++] = interval;
	l->total += interval.events;
	return 0;
}

static int64_t since(const struct losses *l, uint64_t ts)
{
	uint64_t ns = ts < l->mono ? 0 : ts - l->mono;

	return ns > INT64_MAX ? INT64_MAX : (int64_t)ns;
}

/* The open gap of a CPU becomes an interval. */
static int gap_close(struct losses *l, struct lane *lane)
{
	struct loss_interval interval = {
		.from = since(l, lane->from),
		.to = since(l, lane->to),
		.events = lane->missing,
		.reason = loss_name(LOSS_RING_FULL),
	};

	if (!lane->missing)
		return 0;
	lane->missing = 0;
	if (l->count >= INTERVALS_MAX)
		intervals_thin(l);
	return interval_add(l, interval);
}

/* n records are missing between the last one of the CPU and ts. */
static void gap_widen(struct lane *lane, uint32_t n, uint64_t ts)
{
	if (!lane->missing)
		lane->from = lane->last;
	lane->to = ts > lane->from ? ts : lane->from;
	lane->missing += n;
	lane->behind = 0;
}

static struct lane *lane_of(struct losses *l, size_t cpu)
{
	if (cpu >= l->cpus) {
		struct lane *lanes = reallocarray(l->lanes, cpu + 1, sizeof(*lanes));

		if (!lanes)
			return NULL;
		for (size_t i = l->cpus; i <= cpu; i++)
			lanes[i] = (struct lane){ .last = l->mono };
		l->lanes = lanes;
		l->cpus = cpu + 1;
	}
	return &l->lanes[cpu];
}

struct losses *losses_new(uint64_t mono, const uint32_t *first_seq, size_t cpus)
{
	struct losses *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->mono = l->last = mono;
	if (cpus && !lane_of(l, cpus - 1)) {
		losses_free(l);
		return NULL;
	}
	for (size_t cpu = 0; cpu < cpus; cpu++)
		l->lanes[cpu].next = first_seq[cpu];
	return l;
}

int losses_record(struct losses *l, const struct rec_head *rec)
{
	struct lane *lane;
	uint32_t ahead;

	if (rec->kind == REC_MARK && !(rec->flags & MARK_SKIPPED))
		return 0;
	lane = lane_of(l, rec->cpu);
	if (!lane)
		return -ENOMEM;
	ahead = rec->seq - lane->next;
	if (ahead > INT32_MAX) { /* overtaken: it is none of the missing */
		if (lane->missing && -ahead <= NESTING * 2)
			lane->missing--;
		return 0;
	}
	if (ahead)
		gap_widen(lane, ahead, rec->ts);
	lane->next = rec->seq + 1;
	if (rec->kind != REC_MARK)
		lane->last = rec->ts;
	if (rec->ts > l->last)
		l->last = rec->ts;
	return ++lane->behind > NESTING ? gap_close(l, lane) : 0;
}

/* Losses that no gap in the numbers places. */
static int whole_trace_add(struct losses *l, uint64_t events, const char *reason)
{
	struct loss_interval interval = { .to = since(l, l->last), .events = events, .reason = reason };

	return events ? interval_add(l, interval) : 0;
}

static int totals_add(struct losses *l, const struct capture_trailer *trailer)
{
	int err = whole_trace_add(l, trailer->nested, "nested");

	for (int i = 0; i < LOSS_KINDS && !err; i++)
		if (i != LOSS_RING_FULL)
			err = whole_trace_add(l, trailer->lost[i], loss_name(i));
	return err;
}

/* What was lost after the last record of each CPU. */
static int tails_widen(struct losses *l, const struct capture_trailer *trailer)
{
	if (trailer->end > l->last)
		l->last = trailer->end;
	for (size_t cpu = 0; cpu < trailer->cpus; cpu++) {
		struct lane *lane = lane_of(l, cpu);
		uint32_t ahead;

		if (!lane)
			return -ENOMEM;
		ahead = trailer->next_seq[cpu] - lane->next;
		if (ahead && ahead <= INT32_MAX)
			gap_widen(lane, ahead, l->last);
	}
	return 0;
}

int losses_finish(struct losses *l, const struct capture_trailer *trailer)
{
	int err = trailer ? tails_widen(l, trailer) : 0;

	for (size_t cpu = 0; cpu < l->cpus && !err; cpu++)
		err = gap_close(l, &l->lanes[cpu]);
	if (trailer && !err)
		err = totals_add(l, trailer);
	if (l->count)
		qsort(l->intervals, l->count, sizeof(*l->intervals), interval_compare);
	return err;
}
