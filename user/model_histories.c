// SPDX-License-Identifier: GPL-2.0-only
/* The histories of a socket: they follow what is alive of it, not how long it lives. */
#include <stdlib.h>
#include <string.h>

#include "model_histories.h"

#define KEPT (HISTORY_MAX / 4 * 3) /* of a full one, so that a span is moved a few times in all */

/* clang-format off */
static const struct {
	size_t spans, count, size, to; /* where in struct life, and in a span */
	bool numbered; /* the first member is its number */
} histories[HISTORIES] = {
#define HISTORY(of, counted, is_numbered) { offsetof(struct life, of), offsetof(struct life, counted), \
	sizeof(*((struct life *)0)->of), offsetof(typeof(*((struct life *)0)->of), to), is_numbered }
	[HISTORY_STATES] = HISTORY(states, state_count, false),
	[HISTORY_PEERS] = HISTORY(peers, peer_count, false),
	[HISTORY_ATTEMPTS] = HISTORY(attempts, attempt_count, false),
	[HISTORY_DESCRIPTORS] = HISTORY(descriptors, descriptor_count, true),
	[HISTORY_FLIGHTS] = HISTORY(flights, flight_count, true),
};
/* clang-format on */

static bool has_ended(const char *span, enum history h)
{
	int64_t to;

	memcpy(&to, span + histories[h].to, sizeof(to));
	return to != OPEN || (h == HISTORY_FLIGHTS && ((const struct flight *)span)->forgotten);
}

/* How many of a full one go. Not less than a quarter: all are looked at for it. */
static size_t to_drop(const char *spans, size_t count, enum history h)
{
	size_t ended = 0;

	if (count < HISTORY_MAX || count & (count - 1)) /* model_grow() has room but at the powers of two */
		return 0;
	for (size_t i = 1; i + 1 < count; i++)
		ended += has_ended(spans + i * histories[h].size, h);
	if (ended < count / 4)
		return 0;
	return ended < count - KEPT ? ended : count - KEPT;
}

/* Returns how many are left. */
static size_t drop_oldest(char *spans, size_t count, enum history h, size_t dropped)
{
	const size_t size = histories[h].size;
	size_t kept = 1;

	for (size_t i = 1; i < count; i++) {
		if (dropped && has_ended(spans + i * size, h))
			dropped--;
		else
			memmove(spans + kept++ * size, spans + i * size, size);
	}
	return kept;
}

void *history_grow(struct model *m, struct life *l, enum history h)
{
	void **spans = (void **)((char *)l + histories[h].spans);
	size_t *count = (size_t *)((char *)l + histories[h].count);
	size_t dropped = to_drop(*spans, *count, h);
	void *span;

	if (dropped)
		*count = drop_oldest(*spans, *count, h, dropped);
	l->omitted[h] += dropped;
	span = model_grow(m, spans, count, histories[h].size);
	if (span && histories[h].numbered && *count > 1)
		*(size_t *)span = 1 + *(size_t *)((char *)span - histories[h].size);
	return span;
}

/* An exec takes longer than the move. */
struct exec *execs_grow(struct model *m, struct process *p)
{
	if (p->exec_count == HISTORY_MAX) {
		free(p->execs[1].exe);
		free(p->execs[1].args);
		p->execs_omitted++;
		memmove(p->execs + 1, p->execs + 2, (--p->exec_count - 1) * sizeof(*p->execs));
	}
	return GROW(m, p->execs, p->exec_count);
}

/* They stand in order of their numbers. */
static void *numbered(void *spans, size_t count, size_t size, size_t number)
{
	size_t from = 0, to = count, middle;

	while (from < to) {
		middle = from + (to - from) / 2;
		if (*(size_t *)((char *)spans + middle * size) < number)
			from = middle + 1;
		else
			to = middle;
	}
	spans = (char *)spans + from * size;
	return from < count && *(size_t *)spans == number ? spans : NULL;
}

_Static_assert(!offsetof(struct descriptor, number) && !offsetof(struct flight, number), "found by it");

struct descriptor *descriptor_find(const struct life *l, size_t number)
{
	return numbered(l->descriptors, l->descriptor_count, sizeof(*l->descriptors), number);
}

struct flight *flight_find(const struct life *l, size_t number)
{
	return numbered(l->flights, l->flight_count, sizeof(*l->flights), number);
}
