/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/decode.c: what each return value, argument and piece of data becomes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "../../user/decode.h"

/* A record with room behind it, as the rings hand it on. */
union record {
	struct rec_head h;
	struct rec_call call;
	uint8_t bytes[512];
};

static union record call_record(int id, int64_t ret)
{
	union record r = { .call = { .h = { .ts = 1000,
					    .tid = 7,
					    .kind = REC_CALL,
					    .call = (uint8_t)id,
					    .len = sizeof(struct rec_call) },
				     .dur = 300,
				     .ret = ret,
				     .args = { 3 } } };
	return r;
}

static void set_data(union record *r, enum data_kind kind, const void *data, size_t len)
{
	memcpy(&r->call + 1, data, len);
	r->call.data_kind = kind;
	r->call.data_len = (uint16_t)len;
	r->h.len = (uint16_t)(sizeof(struct rec_call) + PAD8(len));
}

static void set_addr(union record *r, uint32_t given, uint32_t got, const void *addr, size_t len)
{
	struct {
		struct data_addr head;
		uint8_t bytes[DATA_BYTES];
	} data = { .head = { given, got } };

	memcpy(data.bytes, addr, len);
	set_data(r, DATA_ADDR, &data, sizeof(data.head) + len);
}

static void set_msg(union record *r, uint64_t bytes, uint64_t iovlen)
{
	struct data_msg msg = { .bytes = bytes, .iovlen = iovlen, .controllen = 24, .flags = MSG_TRUNC };

	set_data(r, DATA_MSG, &msg, sizeof(msg));
}

static struct call decoded(const union record *r)
{
	struct call call;

	assert_int_equal(decode_call(&r->call, &call), 0);
	return call;
}

static struct call returned(int id, int64_t ret)
{
	union record r = call_record(id, ret);

	return decoded(&r);
}

static void every_row_is_complete(void **arg)
{
	(void)arg;
	for (int i = 0; i < CALLS; i++) {
		const struct call_row *row = &call_rows[i];

		assert_int_equal(call_by_name(row->name), i);
		assert_in_range(row->argc, 1, MAX_ARGS);
		for (int n = 0; n < row->argc; n++)
			assert_non_null(row->args[n].name);
		assert_true(row->argc == MAX_ARGS || !row->args[row->argc].name);
		assert_true(row->at < row->argc);
	}
	assert_int_equal(call_by_name("fsync"), -1);
	assert_int_equal(call_by_name(""), -1);
}

static void a_row_is_what_the_table_says(void **arg)
{
	const struct call_row *row = &call_rows[CALL_getsockopt];

	(void)arg;
	assert_string_equal(row->name, "getsockopt");
	assert_int_equal(row->verb, VERB_CONTROL);
	assert_int_equal(row->net, CALL_NET);
	assert_int_equal(row->fds, FDS_TAKES);
	assert_int_equal(row->mem, MEM_OPT_OUT);
	assert_int_equal(row->at, 3);
	assert_int_equal(row->argc, 5);
	assert_string_equal(row->args[4].name, "optlen");
	assert_int_equal(row->args[4].kind, ARG_ADDRLEN_PTR);
	assert_int_equal(call_rows[CALL_sendto].argc, 6);
	assert_int_equal(call_rows[CALL_read].net, CALL_ANY);
}

static void a_call_has_its_times_sockets_and_descriptor(void **arg)
{
	union record r = call_record(CALL_accept, 5);
	struct call call;

	(void)arg;
	r.call.sk = 0xffff888000000001;
	r.call.sk2 = 0xffff888000000002;
	r.call.view = VIEW_VALID | VIEW_BOUND;
	r.call.kstate = 10;
	r.call.shutdown = 1;
	call = decoded(&r);
	assert_ptr_equal(call.row, &call_rows[CALL_accept]);
	assert_int_equal(call.tid, 7);
	assert_int_equal(call.enter, 700);
	assert_int_equal(call.exit, 1000);
	assert_int_equal(call.fd, 3);
	assert_int_equal(call.ret, 5);
	assert_true(call.sk == r.call.sk && call.sk2 == r.call.sk2);
	assert_true(call.view.valid && call.view.bound && !call.view.peer);
	assert_int_equal(call.view.state, 10);
	assert_int_equal(call.view.shutdown, 1);
	assert_int_equal(returned(CALL_socket, 3).fd, -1);
	assert_int_equal(returned(CALL_socketpair, 0).fd, -1);
}

static void a_file_replaced_during_the_call_has_no_view(void **arg)
{
	union record r = call_record(CALL_read, 1);

	(void)arg;
	r.call.view = VIEW_VALID;
	r.h.flags = CALL_NO_FILE;
	assert_false(decoded(&r).view.valid);
}

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

static void arguments_are_as_wide_as_their_type(void **arg)
{
	union record r = call_record(CALL_sendto, 0);
	struct call call;

	(void)arg;
	r.call.args[0] = 0xdead0000ffffffff;
	r.call.args[1] = 0x7fff12345678;
	r.call.args[2] = 0x100000001;
	r.call.args[3] = 0xdead000080000040;
	r.call.args[5] = 0xdead0000ffffffff;
	call = decoded(&r);
	assert_int_equal(call.fd, -1);
	assert_true(call.args[0] == (uint64_t)-1 && call.args[5] == (uint64_t)-1);
	assert_true(call.args[1] == 0x7fff12345678);
	assert_true(call.args[2] == 0x100000001);
	assert_true(call.args[3] == 0x80000040);
}

static void what_is_behind_the_last_argument_is_left_out(void **arg)
{
	union record r = call_record(CALL_close, 0);

	(void)arg;
	r.call.args[1] = 99;
	assert_true(decoded(&r).args[1] == 0);
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

static enum verb shutdown_verb(uint64_t how)
{
	union record r = call_record(CALL_shutdown, 0);

	r.call.args[1] = how;
	return decoded(&r).verb;
}

static void shutdown_is_three_verbs(void **arg)
{
	(void)arg;
	assert_int_equal(shutdown_verb(SHUT_RD), VERB_SHUT_RD);
	assert_int_equal(shutdown_verb(SHUT_WR), VERB_SHUT_WR);
	assert_int_equal(shutdown_verb(0xabcd00000000 | SHUT_RDWR), VERB_SHUT_RDWR);
	assert_int_equal(shutdown_verb(77), VERB_SHUT_RD); /* its EINVAL says the rest */
}

static enum verb connect_verb(uint16_t family, size_t len, uint16_t flags)
{
	union record r = call_record(CALL_connect, 0);
	struct sockaddr_in addr = { .sin_family = family };

	set_addr(&r, sizeof(addr), sizeof(addr), &addr, len);
	r.h.flags = flags;
	return decoded(&r).verb;
}

static void connect_starts_at_entry_and_dissolves_with_af_unspec(void **arg)
{
	(void)arg;
	assert_int_equal(connect_verb(AF_INET, 16, 0), VERB_CONNECT);
	assert_int_equal(connect_verb(AF_INET, 16, CALL_ENTERED), VERB_START);
	assert_int_equal(connect_verb(AF_UNSPEC, 16, 0), VERB_DISSOLVE);
	assert_int_equal(connect_verb(AF_UNSPEC, 2, CALL_ENTERED), VERB_DISSOLVE);
	assert_int_equal(connect_verb(AF_UNSPEC, 1, 0), VERB_CONNECT);
	assert_int_equal(returned(CALL_connect, -EFAULT).verb, VERB_CONNECT);
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

static void addresses_options_and_pairs_are_copied_out(void **arg)
{
	static const uint8_t linger[] = { 1, 0, 0, 0, 9, 0, 0, 0 };
	struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(80) };
	union record r = call_record(CALL_getsockname, 0);
	struct call call;

	(void)arg;
	set_addr(&r, 4, 16, &addr, 4);
	call = decoded(&r);
	assert_true(call.has_addr && call.addr_given == 4 && call.addr_got == 16);
	assert_int_equal(call.addr.len, 4);
	assert_memory_equal(call.addr.bytes, &addr, 4);
	r = call_record(CALL_setsockopt, 0);
	set_addr(&r, 8, 8, linger, 8);
	r.call.data_kind = DATA_OPT;
	call = decoded(&r);
	assert_true(call.has_opt && !call.has_addr && call.opt_given == 8 && call.opt_got == 8);
	assert_int_equal(call.opt_len, 8);
	assert_memory_equal(call.opt, linger, 8);
	r = call_record(CALL_socketpair, 0);
	set_data(&r, DATA_PAIR, (int[]){ 4, 5 }, 8);
	call = decoded(&r);
	assert_true(call.has_pair && call.pair[0] == 4 && call.pair[1] == 5);
}

static void a_message_carries_its_name(void **arg)
{
	struct {
		struct data_msg msg;
		struct sockaddr_in addr;
	} data = { .msg = { .iovlen = 1, .name = { 128, 16 } }, .addr = { .sin_family = AF_INET } };
	union record r = call_record(CALL_recvmsg, 1);
	struct call call;

	(void)arg;
	set_data(&r, DATA_MSG, &data, sizeof(struct data_msg) + sizeof(data.addr));
	call = decoded(&r);
	assert_true(call.has_msg && call.has_addr && call.addr_given == 128 && call.addr_got == 16);
	assert_int_equal(call.addr.len, sizeof(data.addr));
	assert_memory_equal(call.addr.bytes, &data.addr, sizeof(data.addr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_complete),
		cmocka_unit_test(a_row_is_what_the_table_says),
		cmocka_unit_test(a_call_has_its_times_sockets_and_descriptor),
		cmocka_unit_test(a_file_replaced_during_the_call_has_no_view),
		cmocka_unit_test(a_failure_is_minus_one_and_an_errno),
		cmocka_unit_test(errnos_become_few_outcomes),
		cmocka_unit_test(arguments_are_as_wide_as_their_type),
		cmocka_unit_test(what_is_behind_the_last_argument_is_left_out),
		cmocka_unit_test(bytes_are_of_sends_and_receives_only),
		cmocka_unit_test(many_messages_have_the_sum_of_their_bytes),
		cmocka_unit_test(a_receive_of_nothing_is_an_eof_if_it_asked_for_more),
		cmocka_unit_test(an_empty_message_is_an_eof_if_it_had_room),
		cmocka_unit_test(shutdown_is_three_verbs),
		cmocka_unit_test(connect_starts_at_entry_and_dissolves_with_af_unspec),
		cmocka_unit_test(an_entry_and_an_open_call_have_not_returned),
		cmocka_unit_test(addresses_options_and_pairs_are_copied_out),
		cmocka_unit_test(a_message_carries_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
