/* SPDX-License-Identifier: GPL-2.0-only */
/* Gaps in the numbers become intervals with a place and a count; records out of order are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "capture.h"
#include "losses.h"
#include "model.h"

#define MONO 1000000

static int setup(void **state)
{
	*state = losses_new(MONO, NULL, 0);
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	losses_free(*state);
	return 0;
}

static void see(struct losses *l, unsigned int cpu, uint32_t seq, uint64_t ts)
{
	struct rec_head rec = {
		.ts = MONO + ts, .seq = seq, .cpu = (uint16_t)cpu, .len = sizeof(rec), .kind = REC_CALL
	};

	assert_int_equal(losses_record(l, &rec), 0);
}

static void see_run(struct losses *l, unsigned int cpu, uint32_t seq, uint32_t n, uint64_t ts)
{
	while (n--)
		see(l, cpu, seq++, ts++);
}

static size_t finish(struct losses *l, const struct capture_trailer *trailer)
{
	size_t count;

	assert_int_equal(losses_finish(l, trailer), 0);
	losses_intervals(l, &count);
	return count;
}

static void assert_interval(struct losses *l, size_t i, int64_t from, int64_t to, uint64_t events, const char *reason)
{
	size_t count;
	const struct loss_interval *in = losses_intervals(l, &count);

	assert_true(i < count);
	assert_int_equal(in[i].from, from);
	assert_int_equal(in[i].to, to);
	assert_int_equal(in[i].events, events);
	assert_string_equal(in[i].reason, reason);
}

static void without_a_gap_nothing_is_lost(void **state)
{
	see_run(*state, 0, 0, 100, 10);
	see_run(*state, 3, 0, 100, 10);
	assert_int_equal(finish(*state, NULL), 0);
	assert_int_equal(losses_total(*state), 0);
}

static void a_gap_has_a_place_and_a_count(void **state)
{
	see_run(*state, 0, 0, 20, 100);
	see_run(*state, 1, 0, 20, 100);
	see_run(*state, 0, 25, 20, 300);
	assert_int_equal(finish(*state, NULL), 1);
	assert_interval(*state, 0, 119, 300, 5, "ring full");
	assert_int_equal(losses_total(*state), 5);
}

static void a_gap_at_the_start_begins_with_the_trace(void **state)
{
	see_run(*state, 2, 3, 20, 70);
	assert_int_equal(finish(*state, NULL), 1);
	assert_interval(*state, 0, 0, 70, 3, "ring full");
}

static void a_file_that_goes_on_begins_with_its_numbers(void **state)
{
	static const uint32_t first[] = { 500, 0xfffffffe, 7, 0 };
	uint32_t next[] = { 520, 18, 9, 20 };
	struct capture_trailer trailer = { .end = MONO + 500, .cpus = 4, .next_seq = next };
	struct losses *l = losses_new(MONO, first, 4);

	(void)state;
	assert_non_null(l);
	see(l, 0, 499, 90); /* of a turn: it was overtaken by the last of the file before */
	see_run(l, 0, 500, 20, 100);
	see_run(l, 1, 1, 17, 100);
	see_run(l, 3, 0, 20, 100);
	assert_int_equal(finish(l, &trailer), 2);
	assert_interval(l, 0, 0, 100, 3, "ring full");
	assert_interval(l, 1, 0, 500, 2, "ring full");
	losses_free(l);
}

static void a_gap_at_the_end_is_known_by_the_trailer(void **state)
{
	uint32_t next[] = { 20, 27, 4 };
	struct capture_trailer trailer = { .end = MONO + 500, .cpus = 3, .next_seq = next };

	see_run(*state, 0, 0, 20, 100);
	see_run(*state, 1, 0, 20, 100);
	assert_int_equal(finish(*state, &trailer), 2);
	assert_interval(*state, 0, 0, 500, 4, "ring full");
	assert_interval(*state, 1, 119, 500, 7, "ring full");
}

static void numbers_wrap(void **state)
{
	uint32_t next[] = { 12 };
	struct capture_trailer trailer = { .end = MONO + 500, .cpus = 1, .next_seq = next };

	see(*state, 0, 0x7fffffff, 1);
	see(*state, 0, 0xfffffff0, 2);
	see_run(*state, 0, 0xfffffff1, 20, 3);
	see_run(*state, 0, 7, 5, 30);
	assert_int_equal(finish(*state, &trailer), 2);
	assert_interval(*state, 1, 22, 30, 2, "ring full");
}

static void overtaken_records_are_no_loss(void **state)
{
	static const uint32_t seqs[] = { 0, 2, 1, 3, 6, 5, 4, 7, 9, 11, 8, 10, 12 };

	for (size_t i = 0; i < sizeof(seqs) / sizeof(seqs[0]); i++)
		see(*state, 0, seqs[i], 10 + i);
	see_run(*state, 0, 13, 50, 100);
	assert_int_equal(finish(*state, NULL), 0);
	assert_int_equal(losses_total(*state), 0);
}

static void a_gap_that_is_filled_in_part_counts_the_rest(void **state)
{
	see(*state, 0, 0, 10);
	see(*state, 0, 4, 20);
	see(*state, 0, 2, 21);
	see_run(*state, 0, 5, 50, 30);
	assert_int_equal(finish(*state, NULL), 1);
	assert_interval(*state, 0, 10, 20, 2, "ring full");
}

static void gaps_close_to_each_other_are_one(void **state)
{
	for (uint32_t i = 0; i < 100; i++)
		see(*state, 0, 3 * i, 10 + i);
	assert_int_equal(finish(*state, NULL), 1);
	assert_interval(*state, 0, 10, 109, 198, "ring full");
}

static void losses_without_a_place_span_the_trace(void **state)
{
	struct capture_trailer trailer = {
		.end = MONO + 900,
		.lost = { [LOSS_RING_FULL] = 99, [LOSS_NO_STORAGE] = 2, [LOSS_UNPAIRED] = 3 },
		.nested = 4,
	};

	see_run(*state, 0, 0, 20, 100);
	assert_int_equal(finish(*state, &trailer), 3);
	for (size_t i = 0; i < 3; i++) {
		size_t count;
		const struct loss_interval *in = &losses_intervals(*state, &count)[i];

		assert_interval(*state, i, 0, 900, in->events, in->reason);
	}
	assert_int_equal(losses_total(*state), 9);
}

static void intervals_are_bounded_and_none_is_forgotten(void **state)
{
	size_t count;
	const struct loss_interval *in;
	uint32_t seq = 0;

	for (uint32_t i = 0; i < 20000; i++) {
		see_run(*state, 0, seq, 10, 1000ull * i + (i % 10 ? 0 : 500));
		seq += 10 + 1 + i % 3;
	}
	see_run(*state, 0, seq, 10, 1000ull * 20000);
	count = finish(*state, NULL);
	assert_true(count > 1000 && count <= 4100);
	assert_int_equal(losses_total(*state), seq - 200000);
	in = losses_intervals(*state, &count);
	for (size_t i = 0; i < count; i++) {
		seq -= (uint32_t)in[i].events;
		assert_true(in[i].from <= in[i].to && (!i || in[i - 1].to <= in[i].from));
	}
	assert_int_equal(seq, 200000);
}

static void marks_have_no_number_but_a_skipped_record_has(void **state)
{
	struct rec_head mark = { .ts = MONO + 50, .seq = 77, .len = sizeof(mark), .kind = REC_MARK };
	struct rec_head skipped = { .seq = 20, .len = sizeof(skipped), .kind = REC_MARK, .flags = MARK_SKIPPED };

	see_run(*state, 0, 0, 20, 10);
	assert_int_equal(losses_record(*state, &mark), 0);
	assert_int_equal(losses_record(*state, &skipped), 0);
	see_run(*state, 0, 21, 20, 100);
	assert_int_equal(finish(*state, NULL), 0);
}

static void times_before_the_start_and_beyond_reason_are_kept_in_bounds(void **state)
{
	struct rec_head early = { .ts = 5, .seq = 9, .len = sizeof(early), .kind = REC_CALL };
	struct rec_head late = { .ts = UINT64_MAX, .seq = 90, .cpu = 65535, .len = sizeof(late), .kind = REC_CALL };

	assert_int_equal(losses_record(*state, &early), 0);
	assert_int_equal(losses_record(*state, &late), 0);
	assert_int_equal(finish(*state, NULL), 2);
	assert_interval(*state, 0, 0, 0, 9, "ring full");
	assert_interval(*state, 1, 0, INT64_MAX, 90, "ring full");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_gap_nothing_is_lost),
		TEST(a_gap_has_a_place_and_a_count),
		TEST(a_gap_at_the_start_begins_with_the_trace),
		cmocka_unit_test(a_file_that_goes_on_begins_with_its_numbers),
		TEST(a_gap_at_the_end_is_known_by_the_trailer),
		TEST(numbers_wrap),
		TEST(overtaken_records_are_no_loss),
		TEST(a_gap_that_is_filled_in_part_counts_the_rest),
		TEST(gaps_close_to_each_other_are_one),
		TEST(losses_without_a_place_span_the_trace),
		TEST(intervals_are_bounded_and_none_is_forgotten),
		TEST(marks_have_no_number_but_a_skipped_record_has),
		TEST(times_before_the_start_and_beyond_reason_are_kept_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
