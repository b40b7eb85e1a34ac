/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/decode.c: the rows, and what each argument and piece of data becomes.
 */
#include "decoded.h"

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

static struct call spliced(uint16_t flags, int64_t ret, uint64_t len)
{
	union record r = call_record(CALL_splice, ret);

	r.h.flags = flags;
	r.call.args[2] = 9;
	r.call.args[4] = len;
	return decoded(&r);
}

static void a_splice_receives_from_its_first_or_sends_to_its_second(void **arg)
{
	struct call call = spliced(0, 100, 4096);

	(void)arg;
	assert_int_equal(call.fd, 3);
	assert_int_equal(call.verb, VERB_RECV);
	assert_int_equal(call.bytes, 100);
	assert_int_equal(spliced(0, 0, 4096).outcome, OUTCOME_EOF);
	assert_int_equal(spliced(0, 0, 0).outcome, OUTCOME_OK);
	call = spliced(CALL_SECOND, 100, 4096);
	assert_int_equal(call.fd, 9);
	assert_int_equal(call.verb, VERB_SEND);
	assert_int_equal(call.bytes, 100);
	assert_int_equal(spliced(CALL_SECOND, 0, 4096).outcome, OUTCOME_OK);
}

static void only_a_splice_has_a_second_descriptor(void **arg)
{
	union record r = call_record(CALL_read, 1);

	(void)arg;
	r.h.flags = CALL_SECOND;
	assert_int_equal(decoded(&r).fd, 3);
	assert_int_equal(decoded(&r).verb, VERB_RECV);
}

static void a_sendfile_sends_to_its_first(void **arg)
{
	union record r = call_record(CALL_sendfile, 0x7ffff000); /* MAX_RW_COUNT: the most that one call moves */
	struct call call;

	(void)arg;
	r.call.args[1] = 4;
	r.call.args[3] = UINT64_MAX;
	call = decoded(&r);
	assert_int_equal(call.fd, 3);
	assert_int_equal(call.verb, VERB_SEND);
	assert_int_equal(call.bytes, 0x7ffff000);
	assert_true(call.args[3] == UINT64_MAX);
	assert_int_equal(returned(CALL_read, 0x7ffff000).bytes, 0x7ffff000);
}

static void an_offset_is_as_wide_as_a_file(void **arg)
{
	union record r = call_record(CALL_preadv2, 0);
	struct call call;

	(void)arg;
	r.call.args[2] = 0xdead00000001;
	r.call.args[3] = (uint64_t)-1;
	r.call.args[5] = 0xdead00000008;
	call = decoded(&r);
	assert_int_equal(call.args[2], 1);
	assert_int_equal((int64_t)call.args[3], -1);
	assert_int_equal(call.args[5], 8);
	assert_int_equal(call.verb, VERB_RECV);
	assert_int_equal(call.outcome, OUTCOME_EOF);
	assert_int_equal(returned(CALL_pwritev2, 5).verb, VERB_SEND);
}

static void a_range_and_another_process_have_no_descriptor(void **arg)
{
	union record r = call_record(CALL_close_range, 0);
	struct call call;

	(void)arg;
	r.call.args[1] = UINT64_MAX;
	call = decoded(&r);
	assert_int_equal(call.fd, -1);
	assert_true(call.args[0] == 3 && call.args[1] == UINT32_MAX);
	assert_int_equal(returned(CALL_pidfd_getfd, 5).fd, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_complete),
		cmocka_unit_test(a_row_is_what_the_table_says),
		cmocka_unit_test(a_call_has_its_times_sockets_and_descriptor),
		cmocka_unit_test(a_file_replaced_during_the_call_has_no_view),
		cmocka_unit_test(arguments_are_as_wide_as_their_type),
		cmocka_unit_test(what_is_behind_the_last_argument_is_left_out),
		cmocka_unit_test(shutdown_is_three_verbs),
		cmocka_unit_test(connect_starts_at_entry_and_dissolves_with_af_unspec),
		cmocka_unit_test(addresses_options_and_pairs_are_copied_out),
		cmocka_unit_test(a_message_carries_its_name),
		cmocka_unit_test(a_splice_receives_from_its_first_or_sends_to_its_second),
		cmocka_unit_test(only_a_splice_has_a_second_descriptor),
		cmocka_unit_test(a_sendfile_sends_to_its_first),
		cmocka_unit_test(an_offset_is_as_wide_as_a_file),
		cmocka_unit_test(a_range_and_another_process_have_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
