/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Events in order of their entry, whenever they return.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "in_order.h"

#define SECOND 1000000000ll

struct item {
	int64_t t, dur;
	int64_t id;
};

struct given { /* what came out */
	int64_t t, id;
	int count, stop; /* after so many, 0: never */
};

static int give(void *arg, const void *bytes, size_t len)
{
	struct given *g = arg;
	struct item item;

	assert_int_equal(len, sizeof(item));
	memcpy(&item, bytes, len);
	assert_true(!g->count || item.t > g->t || (item.t == g->t && item.id > g->id));
	g->t = item.t;
	g->id = item.id;
	return ++g->count == g->stop ? 5 : 0;
}

/* Both passes; how many were put aside in the first. */
static int run(const struct item *items, size_t count, struct given *g, int *late)
{
	struct in_order *o;
	int pass, err = in_order_open(&o, give, g);
	size_t i;

	assert_int_equal(err, 0);
	*late = 0;
	for (pass = 0; !err && pass < 2; pass++) {
		in_order_begin(o, pass);
		for (i = 0; !err && i < count; i++) {
			if (!in_order_takes(o, items[i].t, items[i].dur))
				continue;
			*late += !pass;
			err = in_order_add(o, items[i].t, items[i].id, &items[i], sizeof(items[i]));
		}
		if (!err)
			err = in_order_end(o);
		assert_true(pass || !g->count);
	}
	in_order_close(o);
	return err;
}

static void a_trace_without_events(void **state)
{
	struct given g = { 0 };
	int late;

	(void)state;
	assert_int_equal(run(NULL, 0, &g, &late), 0);
	assert_int_equal(g.count, 0);
}

/* In order of return, as the model tells them: many short ones, a few that wait for seconds, some that never return. */
static void every_event_once_and_in_order(void **state)
{
	enum { COUNT = 30000 };
	struct item *items = calloc(COUNT, sizeof(*items));
	struct given g = { 0 };
	unsigned int seed = 7;
	int64_t now = 0;
	int i, late;

	(void)state;
	for (i = 0; i < COUNT; i++) {
		now += rand_r(&seed) % 50000;
		items[i].id = COUNT - i; /* no help */
		items[i].dur = i % 50 ? rand_r(&seed) % 30000 : rand_r(&seed) % SECOND;
		items[i].t = (now - items[i].dur) / 1000 * 1000; /* with ties */
		if (i > COUNT - 5)
			items[i].dur = -1;
	}
	assert_int_equal(run(items, COUNT, &g, &late), 0);
	assert_int_equal(g.count, COUNT);
	assert_in_range(late, COUNT / 500, COUNT / 50);
	free(items);
}

static void a_sink_that_stops(void **state)
{
	static const struct item items[] = {
		{ 1, 1, 1 }, { SECOND, 1, 2 }, { 2, 2 * SECOND, 3 }, { 3 * SECOND, 1, 4 }
	};
	struct given g;
	int late, stop;

	(void)state;
	for (stop = 1; stop <= 4; stop++) {
		g = (struct given){ .stop = stop };
		assert_int_equal(run(items, 4, &g, &late), 5);
		assert_int_equal(g.count, stop);
		assert_int_equal(late, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trace_without_events),
		cmocka_unit_test(every_event_once_and_in_order),
		cmocka_unit_test(a_sink_that_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
