/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/decode.c: what each return value becomes.
 */
#include "decoded.h"

static void a_failure_is_minus_one_and_an_errno(void **arg)
{
	struct call call = returned(CALL_connect, -ECONNREFUSED);

	(void)arg;
	assert_int_equal(call.ret, -1);
	assert_int_equal(call.err, ECONNREFUSED);
	assert_int_equal(call.outcome, OUTCOME_ERROR);
	call = returned(CALL_fcntl, -12345); /* F_GETOWN of a process group */
	assert_int_equal(call.ret, -12345);
	assert_int_equal(call.err, 0);
	assert_int_equal(returned(CALL_read, -4095).err, 4095);
}

static void errnos_become_few_outcomes(void **arg)
{
	static const struct {
		int err;
		enum outcome outcome;
	} rows[] = {
		{ EINPROGRESS, OUTCOME_PENDING },
		{ EALREADY, OUTCOME_PENDING },
		{ EAGAIN, OUTCOME_AGAIN },
		{ EINTR, OUTCOME_INTERRUPTED },
		{ 512, OUTCOME_INTERRUPTED },
		{ 513, OUTCOME_INTERRUPTED },
		{ 514, OUTCOME_INTERRUPTED },
		{ 516, OUTCOME_INTERRUPTED },
		{ 515, OUTCOME_ERROR },
		{ EISCONN, OUTCOME_ERROR },
		{ 0, OUTCOME_OK },
	};

	(void)arg;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(returned(CALL_connect, -rows[i].err).outcome, rows[i].outcome);
}

static void bytes_are_of_sends_and_receives_only(void **arg)
{
	(void)arg;
	assert_int_equal(returned(CALL_write, 10).bytes, 10);
	assert_int_equal(returned(CALL_write, 10).messages, 1);
	assert_int_equal(returned(CALL_read, 0).bytes, 0);
	assert_int_equal(returned(CALL_read, -EAGAIN).bytes, -1);
	assert_int_equal(returned(CALL_read, -EAGAIN).messages, 0);
	assert_int_equal(returned(CALL_listen, 0).bytes, -1);
	assert_int_equal(returned(CALL_listen, 0).messages, 0);
}

static void many_messages_have_the_sum_of_their_bytes(void **arg)
{
	union record r = call_record(CALL_recvmmsg, 4);
	struct call call;

	(void)arg;
	set_msg(&r, 5000, 2);
	call = decoded(&r);
	assert_int_equal(call.messages, 4);
	assert_int_equal(call.bytes, 5000);
	assert_true(call.has_msg && !call.has_addr);
	assert_int_equal(call.iovlen, 2);
	assert_int_equal(call.controllen, 24);
	assert_int_equal(call.msg_flags, MSG_TRUNC);
	assert_int_equal(returned(CALL_recvmmsg, 4).bytes, -1); /* msgvec could not be read */
}

static enum outcome empty_read(int id, uint64_t asked, uint64_t flags)
{
	union record r = call_record(id, 0);

	r.call.args[2] = asked;
	r.call.args[3] = flags;
	return decoded(&r).outcome;
}

static void a_receive_of_nothing_is_an_eof_if_it_asked_for_more(void **arg)
{
	(void)arg;
	assert_int_equal(empty_read(CALL_read, 100, 0), OUTCOME_EOF);
	assert_int_equal(empty_read(CALL_read, 0, 0), OUTCOME_OK);
	assert_int_equal(empty_read(CALL_readv, 2, 0), OUTCOME_EOF);
	assert_int_equal(empty_read(CALL_recvfrom, 100, MSG_PEEK), OUTCOME_EOF);
	assert_int_equal(empty_read(CALL_recvfrom, 100, MSG_ERRQUEUE), OUTCOME_OK);
	assert_int_equal(empty_read(CALL_write, 100, 0), OUTCOME_OK);
}

static enum outcome empty_message(int id, int64_t ret, uint64_t iovlen)
{
	union record r = call_record(id, ret);

	set_msg(&r, 0, iovlen);
	return decoded(&r).outcome;
}

static void an_empty_message_is_an_eof_if_it_had_room(void **arg)
{
	(void)arg;
	assert_int_equal(empty_message(CALL_recvmsg, 0, 1), OUTCOME_EOF);
	assert_int_equal(empty_message(CALL_recvmsg, 0, 0), OUTCOME_OK);
	assert_int_equal(empty_message(CALL_recvmmsg, 1, 1), OUTCOME_EOF);
	assert_int_equal(empty_message(CALL_recvmmsg, 0, 1), OUTCOME_OK); /* vlen was 0 */
}

static void an_entry_and_an_open_call_have_not_returned(void **arg)
{
	union record r = call_record(CALL_close, 0);
	struct call call;

	(void)arg;
	r.h.flags = CALL_ENTERED;
	call = decoded(&r);
	assert_true(call.entered && !call.open);
	assert_int_equal(call.verb, VERB_CLOSE);
	r = call_record(CALL_read, 0);
	r.h.flags = CALL_OPEN;
	r.call.args[2] = 100;
	call = decoded(&r);
	assert_true(call.open && !call.entered);
	assert_int_equal(call.outcome, OUTCOME_OK); /* not an eof */
	assert_int_equal(call.bytes, -1);
	r.h.flags = CALL_OPEN | CALL_ENTERED;
	assert_int_equal(decode_call(&r.call, &call), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_is_minus_one_and_an_errno),
		cmocka_unit_test(errnos_become_few_outcomes),
		cmocka_unit_test(bytes_are_of_sends_and_receives_only),
		cmocka_unit_test(many_messages_have_the_sum_of_their_bytes),
		cmocka_unit_test(a_receive_of_nothing_is_an_eof_if_it_asked_for_more),
		cmocka_unit_test(an_empty_message_is_an_eof_if_it_had_room),
		cmocka_unit_test(an_entry_and_an_open_call_have_not_returned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
