/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/decode.c: by which way a call came, and what is peculiar to an io_uring request.
 */
#include "decoded.h"

static uint16_t via(enum via via)
{
	return (uint16_t)(via << 12);
}

static union record request(int id, int64_t ret, unsigned int flags)
{
	union record r = call_record(id, ret);

	r.h.flags = via(VIA_IO_URING) | (uint16_t)flags;
	return r;
}

static struct call requested(int id, int64_t ret, unsigned int flags)
{
	union record r = request(id, ret, flags);

	return decoded(&r);
}

static void each_way_has_a_name(void **arg)
{
	static const char *const names[] = { "syscall", "ia32", "x32", "socketcall", "io_uring" };

	(void)arg;
	for (enum via v = 0; v < VIAS; v++) {
		union record r = call_record(CALL_read, 1);

		r.h.flags = via(v);
		assert_int_equal(decoded(&r).via, v);
		assert_string_equal(via_name(v), names[v]);
	}
}

static void a_way_that_is_none_is_refused(void **arg)
{
	union record call = call_record(CALL_read, 1), fact = record_fact(FACT_SLOT, 1, 0);

	(void)arg;
	for (unsigned int v = 0; v < 16; v++) {
		call.h.flags = fact.h.flags = (uint16_t)(v << 12);
		assert_int_equal(decode_fits(&call.h, sizeof(call)), v < VIAS);
		assert_int_equal(decode_fits(&fact.h, sizeof(fact)), v < VIAS);
	}
}

/* Each flag alone, with CALL_OPEN, and with CALL_ENTERED. */
static void flags_of_requests_are_of_requests(void **arg)
{
	static const unsigned int flags[] = { CALL_DIRECT, CALL_MADE_DIRECT, CALL_SHOT, CALL_SILENT };

	(void)arg;
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		for (enum via v = 0; v < VIAS; v++) {
			union record r = call_record(CALL_accept4, 0);
			bool is = v == VIA_IO_URING, silent = flags[i] == CALL_SILENT;

			r.h.flags = via(v) | (uint16_t)flags[i];
			assert_int_equal(decode_fits(&r.h, sizeof(r)), is && !silent);
			r.h.flags |= CALL_OPEN;
			assert_int_equal(decode_fits(&r.h, sizeof(r)), is);
			r.h.flags = via(v) | (uint16_t)flags[i] | CALL_ENTERED;
			assert_int_equal(decode_fits(&r.h, sizeof(r)), is && !silent);
		}
}

static void unknown_flags_are_refused(void **arg)
{
	(void)arg;
	for (unsigned int bit = CALL_SILENT << 1; bit < 1u << 12; bit <<= 1) {
		union record r = request(CALL_read, 1, bit);

		assert_false(decode_fits(&r.h, sizeof(r)));
	}
}

static void a_slot_is_a_slot(void **arg)
{
	struct call call = requested(CALL_recvfrom, 9, CALL_DIRECT);

	(void)arg;
	assert_true(call.direct && !call.made_direct && !call.shot && !call.silent);
	assert_int_equal(call.fd, 3);
	call = requested(CALL_accept4, 0, CALL_DIRECT | CALL_MADE_DIRECT | CALL_SHOT);
	assert_true(call.direct && call.made_direct && call.shot);
	call = requested(CALL_accept4, 0, CALL_MADE_DIRECT);
	assert_true(!call.direct && call.made_direct);
	assert_false(requested(CALL_recvfrom, 9, 0).direct);
}

static void calls_without_a_descriptor_of_a_socket(void **arg)
{
	(void)arg;
	assert_int_equal(returned(CALL_io_uring_register, 0).fd, -1);
	assert_int_equal(returned(CALL_socketcall, -EINVAL).fd, -1);
	assert_int_equal(returned(CALL_io_uring_register, 0).verb, VERB_REGISTER);
	assert_int_equal(returned(CALL_socketcall, -EINVAL).verb, VERB_CONTROL);
}

static void what_succeeded_silently_has_no_result(void **arg)
{
	struct call call = requested(CALL_sendto, 0, CALL_OPEN | CALL_SILENT);

	(void)arg;
	assert_true(call.open && call.silent);
	assert_int_equal(call.bytes, -1);
	assert_int_equal(call.err, 0);
	assert_int_equal(call.messages, 0);
}

static void a_cancelled_request_is_an_error(void **arg)
{
	struct call call = requested(CALL_connect, -ECANCELED, 0);

	(void)arg;
	assert_int_equal(call.err, ECANCELED);
	assert_int_equal(call.outcome, OUTCOME_ERROR);
}

static void a_request_may_have_no_buffer_of_its_own(void **arg)
{
	union record r = request(CALL_recvfrom, 0, CALL_SHOT);

	(void)arg;
	assert_int_equal(decoded(&r).outcome, OUTCOME_EOF);
	r.h.flags = via(VIA_SYSCALL);
	assert_int_equal(decoded(&r).outcome, OUTCOME_OK);
}

/* 16 bytes of header, 28 of room for the name, 24 of room for control data. */
static void many_messages_of_one_request_have_heads(void **arg)
{
	const struct data_msg msg = { .controllen = 24, .name = { .given = 28, .got = 28 } };
	union record r = request(CALL_recvmsg, 168, CALL_SHOT);

	(void)arg;
	assert_int_equal(decoded(&r).bytes, -1); /* how much of it is head is not known */
	set_data(&r, DATA_MSG, &msg, sizeof(msg));
	assert_int_equal(decoded(&r).bytes, 100);
	assert_int_equal(decoded(&r).ret, 168);
	assert_int_equal(decoded(&r).messages, 1);
	r.call.ret = 68;
	assert_int_equal(decoded(&r).outcome, OUTCOME_EOF);
	r.call.ret = 67;
	assert_int_equal(decoded(&r).bytes, -1);
	r.h.flags = via(VIA_IO_URING);
	assert_int_equal(decoded(&r).bytes, 67);
}

static void hostile_heads_do_not_wrap(void **arg)
{
	struct data_msg msg = { .controllen = UINT64_MAX, .name = { .given = UINT32_MAX } };
	union record r = request(CALL_recvmsg, 10, CALL_SHOT);

	(void)arg;
	set_data(&r, DATA_MSG, &msg, sizeof(msg));
	assert_int_equal(decoded(&r).bytes, -1);
	msg.controllen = UINT64_MAX - UINT32_MAX - 15;
	set_data(&r, DATA_MSG, &msg, sizeof(msg));
	assert_int_equal(decoded(&r).bytes, -1);
}

static void words_of_32_bit_programs_are_cut(void **arg)
{
	union record r = call_record(CALL_sendto, 0);
	struct call call;

	(void)arg;
	r.h.flags = via(VIA_IA32);
	r.call.args[0] = 0xdead0000ffffffff;
	r.call.args[1] = 0xdead000000000000;
	r.call.args[2] = 0xdead0000ffffffff;
	call = decoded(&r);
	assert_int_equal(call.fd, -1);
	assert_true(call.args[1] == 0);
	assert_true(call.args[2] == UINT32_MAX);
	r = call_record(CALL_preadv2, 0);
	r.h.flags = via(VIA_IA32);
	r.call.args[3] = (uint64_t)-1;
	assert_true(decoded(&r).args[3] == (uint64_t)-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_way_has_a_name),
		cmocka_unit_test(a_way_that_is_none_is_refused),
		cmocka_unit_test(flags_of_requests_are_of_requests),
		cmocka_unit_test(unknown_flags_are_refused),
		cmocka_unit_test(a_slot_is_a_slot),
		cmocka_unit_test(calls_without_a_descriptor_of_a_socket),
		cmocka_unit_test(what_succeeded_silently_has_no_result),
		cmocka_unit_test(a_cancelled_request_is_an_error),
		cmocka_unit_test(a_request_may_have_no_buffer_of_its_own),
		cmocka_unit_test(many_messages_of_one_request_have_heads),
		cmocka_unit_test(hostile_heads_do_not_wrap),
		cmocka_unit_test(words_of_32_bit_programs_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
