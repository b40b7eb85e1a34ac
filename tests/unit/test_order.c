/* SPDX-License-Identifier: GPL-2.0-only */
/* Records are let go by marks, in order of (ts, cpu, seq), whatever the order they came in. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "order.h"

#define MANY 20000

static struct rec_head got[MANY];
static size_t got_count;
static int answer;

static int get(void *arg, const struct rec_head *rec)
{
	assert_ptr_equal(arg, &answer);
	assert_true(got_count < MANY);
	got[got_count++] = *rec;
	return answer;
}

static int setup(void **state)
{
	got_count = 0;
	answer = 0;
	*state = order_new(get, &answer);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	order_free(*state);
	return 0;
}

static int push(struct order *o, unsigned int cpu, uint64_t ts, uint32_t seq)
{
	struct rec_head *rec = calloc(1, sizeof(*rec)); /* the copy is all that order keeps */
	int ret;

	assert_non_null(rec);
	*rec = (struct rec_head){ .ts = ts, .seq = seq, .cpu = (uint16_t)cpu, .len = sizeof(*rec), .kind = REC_SOCK };
	ret = order_push(o, rec);
	free(rec);
	return ret;
}

static int mark(struct order *o, uint64_t ts)
{
	struct rec_head rec = { .ts = ts, .len = sizeof(rec), .kind = REC_MARK };

	return order_push(o, &rec);
}

static bool before(const struct rec_head *a, const struct rec_head *b)
{
	if (a->ts != b->ts)
		return a->ts < b->ts;
	return a->cpu != b->cpu ? a->cpu < b->cpu : (int32_t)(a->seq - b->seq) < 0;
}

static void assert_sorted(size_t from)
{
	for (size_t i = from + 1; i < got_count; i++)
		assert_true(before(&got[i - 1], &got[i]));
}

static void nothing_goes_before_a_mark(void **state)
{
	assert_int_equal(push(*state, 0, 10, 0), 0);
	assert_int_equal(got_count, 0);
	assert_int_equal(mark(*state, 9), 0);
	assert_int_equal(got_count, 0);
	assert_int_equal(mark(*state, 10), 0);
	assert_int_equal(got_count, 1);
	assert_int_equal(mark(*state, 10), 0);
	assert_int_equal(got_count, 1);
}

static void cpus_are_merged_by_time(void **state)
{
	for (unsigned int cpu = 0; cpu < 5; cpu++)
		for (uint32_t n = 0; n < 100; n++)
			push(*state, cpu, 1000 + n * 7 + cpu * 3, n);
	mark(*state, 1300);
	assert_true(got_count > 100 && got_count < 500);
	assert_true(got[got_count - 1].ts <= 1300);
	order_flush(*state);
	assert_int_equal(got_count, 500);
	assert_sorted(0);
}

static void equal_times_go_by_cpu_and_number(void **state)
{
	push(*state, 3, 50, 0xffffffff);
	push(*state, 3, 50, 0);
	push(*state, 1, 50, 8);
	push(*state, 1, 50, 7);
	mark(*state, 50);
	assert_int_equal(got_count, 4);
	assert_sorted(0);
}

static void a_small_inversion_is_put_right(void **state)
{
	static const uint64_t times[] = { 10, 40, 30, 20, 50, 45, 5 };

	for (uint32_t i = 0; i < 7; i++)
		push(*state, 0, times[i], i);
	mark(*state, 100);
	assert_int_equal(got_count, 7);
	assert_sorted(0);
}

static void a_far_inversion_is_put_right(void **state)
{
	for (uint32_t i = 0; i < 1000; i++)
		push(*state, 0, 2000 - i, i);
	push(*state, 0, 5000, 1000);
	mark(*state, 1500);
	assert_int_equal(got_count, 500);
	order_flush(*state);
	assert_int_equal(got_count, 1001);
	assert_sorted(0);
}

static void a_late_record_goes_at_once_and_is_counted(void **state)
{
	push(*state, 0, 200, 0);
	mark(*state, 100);
	push(*state, 1, 99, 0);
	assert_int_equal(got_count, 1);
	assert_int_equal(got[0].ts, 99);
	assert_int_equal(order_late(*state), 1);
	push(*state, 1, 100, 1);
	assert_int_equal(got_count, 1);
	mark(*state, 50);
	push(*state, 1, 99, 2);
	assert_int_equal(order_late(*state), 2);
}

static void records_keep_their_bytes(void **state)
{
	struct rec_exit rec = { .h = { .len = sizeof(rec), .kind = REC_EXIT } };

	for (uint32_t round = 0; round < 200; round++) {
		for (uint32_t i = 0; i < 50; i++) {
			rec.h.ts = 1000 * round + (i * 37 % 50) * 20;
			rec.h.cpu = i % 3;
			rec.code = (uint32_t)rec.h.ts + 1;
			assert_int_equal(order_push(*state, &rec.h), 0);
		}
		mark(*state, 1000 * round + round % 7 * 100);
	}
	order_flush(*state);
	assert_int_equal(got_count, 200 * 50);
	for (size_t i = 1; i < got_count; i++)
		assert_true(got[i - 1].ts <= got[i].ts);
}

static int code_check(void *arg, const struct rec_head *rec)
{
	assert_int_equal(((const struct rec_exit *)rec)->code, (uint32_t)rec->ts + 1);
	++*(size_t *)arg;
	return 0;
}

static void one_that_stays_behind_does_not_disturb(void **state)
{
	struct rec_exit rec = { .h = { .ts = 1ull << 40, .len = sizeof(rec), .kind = REC_EXIT }, .code = 1 };
	size_t seen = 0;
	struct order *o = order_new(code_check, &seen);

	(void)state;
	assert_non_null(o);
	order_push(o, &rec.h);
	for (uint32_t i = 0; i < 5000; i++) {
		rec.h.ts = i;
		rec.h.seq = i + 1;
		rec.code = i + 1;
		order_push(o, &rec.h);
		if (i % 50 == 0)
			mark(o, i - i / 100 % 2);
	}
	mark(o, 5000);
	assert_int_equal(seen, 5000);
	order_flush(o);
	assert_int_equal(seen, 5001);
	order_free(o);
}

static void an_answer_stops_and_the_rest_can_follow(void **state)
{
	for (uint32_t i = 0; i < 5; i++)
		push(*state, i % 2, 10 + i, i);
	answer = 7;
	assert_int_equal(mark(*state, 100), 7);
	assert_int_equal(got_count, 1);
	answer = 0;
	assert_int_equal(order_flush(*state), 0);
	assert_int_equal(got_count, 5);
	assert_sorted(0);
}

static void any_cpu_number_is_taken(void **state)
{
	push(*state, 65535, 2, 0);
	push(*state, 0, 1, 0);
	push(*state, 300, 3, 0);
	order_flush(*state);
	assert_int_equal(got_count, 3);
	assert_sorted(0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_goes_before_a_mark),
		TEST(cpus_are_merged_by_time),
		TEST(equal_times_go_by_cpu_and_number),
		TEST(a_small_inversion_is_put_right),
		TEST(a_far_inversion_is_put_right),
		TEST(a_late_record_goes_at_once_and_is_counted),
		TEST(records_keep_their_bytes),
		TEST(one_that_stays_behind_does_not_disturb),
		TEST(an_answer_stops_and_the_rest_can_follow),
		TEST(any_cpu_number_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
