/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/decode.c: the lengths inside a record are checked, and one that contradicts itself is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "../../user/decode.h"

union record {
	struct rec_head h;
	struct rec_call call;
	struct rec_name name;
	struct rec_exec exec;
	struct rec_task task;
	struct rec_fact fact;
	uint8_t bytes[512];
};

static union record call_record(int id, int64_t ret)
{
	return (union record){
		.call = { .h = { .ts = 1000, .kind = REC_CALL, .call = (uint8_t)id, .len = sizeof(struct rec_call) },
			  .dur = 300,
			  .ret = ret }
	};
}

static void set_data(union record *r, enum data_kind kind, size_t len)
{
	r->call.data_kind = (uint16_t)kind;
	r->call.data_len = (uint16_t)len;
	r->h.len = (uint16_t)(sizeof(struct rec_call) + PAD8(len));
}

/* Decodes a copy that ends where the record does: the address sanitizer sees a read past it. */
static int decode_exactly(const union record *r)
{
	void *copy = malloc(r->h.len);
	struct call call;
	int err;

	memcpy(copy, r, r->h.len);
	err = decode_call(copy, &call);
	free(copy);
	return err;
}

static void names_and_execs_point_into_their_record(void **arg)
{
	union record r = { .name = { .h = { .kind = REC_NAME, .len = sizeof(struct rec_name) + 16 + 8 },
				     .local_len = 11,
				     .peer_len = 2 } };
	struct address local, peer;
	const char *file, *args;

	(void)arg;
	memcpy(r.bytes + sizeof(struct rec_name), "local addr!.....pp", 18);
	assert_int_equal(decode_name(&r.name, &local, &peer), 0);
	assert_true(local.len == 11 && !memcmp(local.bytes, "local addr!", 11));
	assert_true(peer.len == 2 && !memcmp(peer.bytes, "pp", 2));
	r = (union record){
		.exec = { .h = { .kind = REC_EXEC, .len = sizeof(struct rec_exec) + 16 }, .file_len = 7, .args_len = 5 }
	};
	memcpy(r.bytes + sizeof(struct rec_exec), "/bin/lsls\0-l", 12);
	assert_int_equal(decode_exec(&r.exec, &file, &args), 0);
	assert_memory_equal(file, "/bin/ls", 7);
	assert_memory_equal(args, "ls\0-l", 5);
	assert_int_equal(decode_name(&r.name, &local, &peer), -EBADMSG);
}

static void a_record_fits_only_its_exact_length(void **arg)
{
	static const size_t sizes[] = {
		[REC_CALL] = sizeof(struct rec_call), [REC_SOCK] = sizeof(struct rec_sock),
		[REC_NAME] = sizeof(struct rec_name), [REC_TASK] = sizeof(struct rec_task),
		[REC_FORK] = sizeof(struct rec_fork), [REC_EXEC] = sizeof(struct rec_exec),
		[REC_EXIT] = sizeof(struct rec_exit), [REC_MARK] = sizeof(struct rec_head),
		[REC_FACT] = sizeof(struct rec_fact),
	};

	(void)arg;
	for (unsigned int kind = 0; kind < 256; kind++)
		for (unsigned int len = 0; len <= 256; len++) {
			union record r = { .h = { .kind = (uint8_t)kind, .len = (uint16_t)len } };
			bool fits = kind >= REC_CALL && kind <= REC_FACT && len == sizes[kind];

			assert_int_equal(decode_fits(&r.h, sizeof(r)), fits);
			assert_false(len && decode_fits(&r.h, len - 1));
		}
}

static void lengths_inside_a_record_are_bounded(void **arg)
{
	union record r = call_record(CALL_bind, 0);

	(void)arg;
	for (unsigned int kind = 0; kind < 8; kind++)
		for (unsigned int len = 0; len <= 256; len++) {
			unsigned int head = kind == DATA_MSG ? sizeof(struct data_msg) : 8;
			bool fits = kind == DATA_NONE   ? !len
				    : kind == DATA_PAIR ? len == 8
							: kind < DATA_PAIR && len >= head && len <= head + DATA_BYTES;

			set_data(&r, kind, len);
			assert_int_equal(decode_exactly(&r), fits ? 0 : -EBADMSG);
		}
	r = (union record){ .name = { .h = { .kind = REC_NAME, .len = sizeof(struct rec_name) + 136 },
				      .local_len = 129 } };
	assert_false(decode_fits(&r.h, sizeof(r)));
	r = (union record){ .exec = { .h = { .kind = REC_EXEC, .len = sizeof(struct rec_exec) + 8 },
				      .file_len = 0xffffffff,
				      .args_len = 9 } };
	assert_false(decode_fits(&r.h, sizeof(r))); /* no wrap to 8 */
}

static void a_record_that_contradicts_itself_is_refused(void **arg)
{
	union record bad[] = {
		call_record(CALLS, 0),
		call_record(CALL_read, 0),
		call_record(CALL_read, 0),
		call_record(CALL_read, 0),
		call_record(CALL_read, 0),
		call_record(CALL_read, INT64_MIN),
		call_record(CALL_read, INT64_C(1) << 40),
	};

	(void)arg;
	bad[1].h.flags = CALL_SILENT << 1;
	bad[2].h.flags = CALL_ENTERED | CALL_OPEN;
	bad[3].call.view = 16;
	bad[4].call.dur = bad[4].h.ts + 1;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(decode_exactly(&bad[i]), -EBADMSG);
}

static void a_fact_is_one_of_the_known(void **arg)
{
	union record r = { .fact = { .h = { .kind = REC_FACT, .len = sizeof(struct rec_fact) } } };

	(void)arg;
	r.fact.fact = FACT_KINDS - 1;
	assert_true(decode_fits(&r.h, sizeof(r)));
	r.fact.fact = FACT_KINDS;
	assert_false(decode_fits(&r.h, sizeof(r)));
}

static void a_number_of_bytes_that_cannot_be_is_refused(void **arg)
{
	union record r = call_record(CALL_sendmmsg, 1);

	(void)arg;
	set_data(&r, DATA_MSG, sizeof(struct data_msg));
	assert_int_equal(decode_exactly(&r), 0);
	memset(&r.call + 1, 0xff, sizeof(uint64_t));
	assert_int_equal(decode_exactly(&r), -EBADMSG);
}

static void a_comm_without_an_end_is_refused(void **arg)
{
	union record r = { .task = { .h = { .kind = REC_TASK, .len = sizeof(struct rec_task) } } };

	(void)arg;
	assert_true(decode_fits(&r.h, sizeof(r)));
	memset(r.task.comm, 'x', COMM_LEN);
	assert_false(decode_fits(&r.h, sizeof(r)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_execs_point_into_their_record),
		cmocka_unit_test(a_record_fits_only_its_exact_length),
		cmocka_unit_test(lengths_inside_a_record_are_bounded),
		cmocka_unit_test(a_record_that_contradicts_itself_is_refused),
		cmocka_unit_test(a_fact_is_one_of_the_known),
		cmocka_unit_test(a_number_of_bytes_that_cannot_be_is_refused),
		cmocka_unit_test(a_comm_without_an_end_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
