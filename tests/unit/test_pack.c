/* SPDX-License-Identifier: GPL-2.0-only */
/* Packed records: they come back as they were, alike ones are small, and no bytes are dangerous to unpack. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pack.h"

union record {
	struct rec_head h;
	struct rec_call call;
	uint64_t words[PACK_RECORD_MAX / 8];
	uint8_t bytes[PACK_RECORD_MAX];
};

static struct pack_state packing, unpacking;

static int states_clear(void **state)
{
	(void)state;
	memset(&packing, 0, sizeof(packing));
	memset(&unpacking, 0, sizeof(unpacking));
	return 0;
}

static uint64_t random64(void)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	return x ^= x << 17;
}

static void call_make(union record *rec, unsigned int tid, unsigned int n)
{
	memset(rec, 0, sizeof(rec->call));
	rec->call = (struct rec_call){
		.h = { .ts = 1000000 + 500 * n,
		       .seq = n,
		       .tid = tid,
		       .cpu = tid % 2,
		       .len = sizeof(rec->call),
		       .kind = REC_CALL,
		       .call = 7 },
		.dur = 300,
		.ret = 32,
		.sk = 0xffff888012345678 + tid * 4096,
		.args = { tid, 0x7ffc12345678, 32 },
	};
}

/* The bytes it takes; whole records on the heap, so that a sanitizer sees the first byte behind. */
static int record_pass(const union record *rec)
{
	static uint8_t out[PACK_ROOM];
	union record back;
	int n = pack_record(&packing, &rec->h, out, sizeof(out));
	uint8_t *in;

	assert_true(n > 0);
	in = malloc((size_t)n);
	assert_non_null(in);
	memcpy(in, out, (size_t)n);
	memset(&back, 0xee, sizeof(back));
	assert_int_equal(unpack_record(&unpacking, in, (size_t)n, &back.h, sizeof(back)), n);
	assert_memory_equal(&back, rec, rec->h.len);
	free(in);
	return n;
}

static void calls_come_back_as_they_were(void **state)
{
	union record rec;

	(void)state;
	for (unsigned int n = 0; n < 1000; n++) {
		call_make(&rec, 100 + random64() % 20, n);
		rec.call.ret = (int64_t)random64() >> random64() % 64;
		rec.call.dur = random64() >> random64() % 64;
		record_pass(&rec);
	}
}

static void any_bytes_of_any_length_come_back(void **state)
{
	union record rec;

	(void)state;
	for (int n = 0; n < 3000; n++) {
		for (size_t i = 0; i < PACK_RECORD_MAX / 8; i++)
			rec.words[i] = random64() >> random64() % 64;
		rec.h.kind = (uint8_t)(1 + random64() % 3);
		rec.h.len = (uint16_t)(24 + 8 * (random64() % (random64() % 4 ? 40 : (PACK_RECORD_MAX - 24) / 8 + 1)));
		record_pass(&rec);
	}
}

static void the_largest_and_the_smallest_fit(void **state)
{
	union record rec;

	(void)state;
	memset(&rec, 0xff, sizeof(rec));
	rec.h.len = PACK_RECORD_MAX;
	assert_true(record_pass(&rec) <= PACK_ROOM);
	rec.h.len = sizeof(rec.h);
	record_pass(&rec);
}

static void alike_calls_are_small(void **state)
{
	union record rec;

	(void)state;
	for (unsigned int n = 0; n < 4; n++) {
		for (unsigned int tid = 10; tid < 14; tid++) {
			call_make(&rec, tid, 2 * n + (tid > 11));
			if (n)
				assert_true(record_pass(&rec) <= 4);
			else
				record_pass(&rec);
		}
	}
}

static void numbers_wrap_and_times_go_back(void **state)
{
	static const uint64_t times[] = { 0, UINT64_MAX, 5, 4, 1ull << 63 };
	union record rec;

	(void)state;
	for (unsigned int i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		call_make(&rec, 1, 0xfffffffe + i);
		rec.h.ts = times[i];
		record_pass(&rec);
	}
}

static void a_length_that_no_record_has_is_not_packed(void **state)
{
	static const uint16_t lens[] = { 0, 8, 23, 25, 113, PACK_RECORD_MAX + 8, 65528, 65535 };
	static union record rec;
	uint8_t out[PACK_ROOM];

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		rec.h.len = lens[i];
		assert_int_equal(pack_record(&packing, &rec.h, out, sizeof(out)), -EINVAL);
	}
	rec.h.len = sizeof(rec.h);
	assert_int_equal(pack_record(&packing, &rec.h, out, sizeof(out) - 1), -ENOSPC);
}

static void a_cut_record_is_refused(void **state)
{
	uint8_t out[PACK_ROOM];
	union record rec, back;
	int n;

	(void)state;
	memset(&rec, 0x5a, sizeof(rec));
	rec.h.len = 8 * PACK_WORDS + 64;
	n = pack_record(&packing, &rec.h, out, sizeof(out));
	for (int len = 0; len < n; len++) {
		uint8_t *in = malloc((size_t)len + 1);

		assert_non_null(in);
		memcpy(in + 1, out, (size_t)len);
		memset(&unpacking, 0, sizeof(unpacking));
		assert_int_equal(unpack_record(&unpacking, in + 1, (size_t)len, &back.h, sizeof(back)), -EBADMSG);
		free(in);
	}
	memset(&unpacking, 0, sizeof(unpacking));
	assert_int_equal(unpack_record(&unpacking, out, (size_t)n, &back.h, rec.h.len - 8u), -EBADMSG);
}

/* The zigzag of a difference of len in word 2 of a fresh slot, as a varint of 5 bytes: len << 16, doubled. */
static void len_put(uint8_t *p, uint64_t len)
{
	uint64_t v = len << 17;

	for (int i = 0; i < 5; i++, v >>= 7)
		p[i] = (uint8_t)((v & 0x7f) | (i < 4 ? 0x80 : 0));
}

static void a_length_that_no_record_has_is_not_unpacked(void **state)
{
	static const uint16_t lens[] = { 0, 8, 16, 25, 28, PACK_RECORD_MAX + 8 };
	uint8_t in[64] = { 0, 1 };
	union record back;

	(void)state;
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		memset(&unpacking, 0, sizeof(unpacking));
		len_put(in + 2, lens[i]);
		assert_int_equal(unpack_record(&unpacking, in, sizeof(in), &back.h, sizeof(back)), -EBADMSG);
	}
	memset(&unpacking, 0, sizeof(unpacking));
	len_put(in + 2, 24);
	assert_int_equal(unpack_record(&unpacking, in, sizeof(in), &back.h, sizeof(back)), 8);
}

static void a_difference_past_the_end_is_refused(void **state)
{
	uint8_t in[64] = { 0, 1 | 1 << 3 };
	union record back;

	(void)state;
	len_put(in + 2, 24);
	assert_int_equal(unpack_record(&unpacking, in, sizeof(in), &back.h, sizeof(back)), -EBADMSG);
	memset(&unpacking, 0, sizeof(unpacking));
	len_put(in + 2, 32);
	assert_int_equal(unpack_record(&unpacking, in, sizeof(in), &back.h, sizeof(back)), 9);
}

static void any_input_is_safe(void **state)
{
	uint8_t *in = malloc(64);
	union record back;

	(void)state;
	assert_non_null(in);
	for (int n = 0; n < 200000; n++) {
		for (int i = 0; i < 64; i++)
			in[i] = (uint8_t)(random64() >> random64() % 8);
		if (n % 4 == 0)
			len_put(in + 2, 24 + 8 * (random64() % 16));
		int used = unpack_record(&unpacking, in, 64, &back.h, sizeof(back));
		if (used < 0)
			assert_int_equal(used, -EBADMSG);
		else
			assert_true(used <= 64 && back.h.len >= 24 && back.h.len % 8 == 0);
	}
	free(in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(calls_come_back_as_they_were, states_clear),
		cmocka_unit_test_setup(any_bytes_of_any_length_come_back, states_clear),
		cmocka_unit_test_setup(the_largest_and_the_smallest_fit, states_clear),
		cmocka_unit_test_setup(alike_calls_are_small, states_clear),
		cmocka_unit_test_setup(numbers_wrap_and_times_go_back, states_clear),
		cmocka_unit_test_setup(a_length_that_no_record_has_is_not_packed, states_clear),
		cmocka_unit_test_setup(a_cut_record_is_refused, states_clear),
		cmocka_unit_test_setup(a_length_that_no_record_has_is_not_unpacked, states_clear),
		cmocka_unit_test_setup(a_difference_past_the_end_is_refused, states_clear),
		cmocka_unit_test_setup(any_input_is_safe, states_clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
