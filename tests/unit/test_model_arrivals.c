/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_arrivals.c: a receive knows the send that its datagram came from, as long as all that came was told.
 */
#include "arrivals.h"

static void a_receive_knows_its_send(void **state)
{
	struct world *w = *state;
	int64_t first = send_by(w, 1, 2, 1, 5), second = send_by(w, 1, 3, 1, 7);

	assert_int_not_equal(first, second);
	assert_int_equal(receive_by(w, 1, 5), first);
	assert_int_equal(receive_by(w, 1, 7), second);
}

static void a_receive_that_returns_first_names_the_event_of_the_send_to_come(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;
	int64_t sent;

	feed(w, record_task(2, 2, FILES(2)));
	arrive(w, 2, at, 2, 1, LENGTH);
	sent = receive(w);
	assert_int_not_equal(sent, 0);
	assert_int_equal(send_returns(w, 2, at, 2, LENGTH), sent);
}

static void a_queue_grows(void **state)
{
	struct world *w = *state;
	int64_t sent[100];

	send_of(w);
	receive(w);
	for (int i = 0; i < 100; i++)
		sent[i] = send_by(w, 1, 2, 1, i);
	for (int i = 0; i < 100; i++)
		assert_int_equal(receive_by(w, 1, i), sent[i]);
}

static void what_waits_after_a_shutdown_is_a_message(void **state)
{
	struct world *w = *state;
	int64_t sent;

	DID(w, shutdown, .sk = SK(1), .args = { 3, SHUT_RD }, .ret = -ENOTCONN, TCP(TCP_CLOSE, ), .shutdown = 1);
	sent = send_by(w, 1, 2, 1, 0);
	assert_int_equal(receive_by(w, 1, 0), sent);
	assert_int_equal(receive_by(w, 1, 0), 0); /* the end */
	sent = send_of(w);
	assert_int_equal(receive(w), sent);
	assert_int_equal(life_of(w, 1)->messages_received, 2);
}

static void nothing_is_a_message_too(void **state)
{
	struct world *w = *state;
	int64_t empty = send_by(w, 1, 2, 1, 0), full = send_by(w, 1, 2, 1, 4);

	assert_int_equal(receive_by(w, 1, 0), empty);
	assert_int_equal(receive_by(w, 1, 4), full);
}

static void a_unix_pair_has_arrivals_and_others_have_none(void **state)
{
	struct world *w = *state;
	const int fds[2] = { 8, 9 };
	union record r = call_of(CALL_socketpair,
				 (struct rec_call){ .sk = SK(4), .sk2 = SK(5), .args = { AF_UNIX, SOCK_DGRAM } });
	int64_t sent;

	feed(w, record_sock(SK(4), 4, AF_UNIX, SOCK_DGRAM));
	feed(w, record_sock(SK(5), 5, AF_UNIX, SOCK_DGRAM));
	record_data(&r, DATA_PAIR, fds, sizeof(fds), "", 0);
	feed(w, r);
	sent = send_by(w, 1, 4, 5, 3);
	DID(w, read, .sk = SK(5), .ret = 3, .args = { 9, 0, 9 });
	assert_int_equal(event_last(w)->sent, sent);
	socket_of(w, 10, 6, AF_NETLINK, SOCK_DGRAM);
	send_by(w, 1, 6, 6, 3); /* the kernel answers in the call */
	DID(w, read, .sk = SK(6), .ret = 3, .args = { 10, 0, 9 });
	assert_int_equal(event_last(w)->sent, 0);
}

static void what_stays_in_the_queue_is_not_taken(void **state)
{
	struct world *w = *state;
	int64_t sent = send_of(w);

	DID(w, recvfrom, .sk = SK(1), .ret = LENGTH, .args = { 3, 0, 100, MSG_PEEK });
	assert_int_equal(event_last(w)->sent, 0);
	DID(w, recvfrom, .sk = SK(1), .ret = LENGTH, .args = { 3, 0, 100, MSG_ERRQUEUE });
	DID(w, recvfrom, .sk = SK(1), .ret = -EAGAIN, .args = { 3, 0, 100 });
	DID(w, read, .sk = SK(1), .ret = 0, .args = { 3, 0, 0 });
	assert_int_equal(receive(w), sent);
}

static void several_messages_of_one_send_in_one_receive(void **state)
{
	struct world *w = *state;
	const union record r = messages_received(1, 2, 2 * LENGTH, 0);
	uint64_t at = w->now + 1;
	int64_t sent;

	arrive(w, 1, at, 2, 1, LENGTH);
	arrive(w, 1, at, 2, 1, LENGTH);
	sent = send_returns(w, 1, at, 2, 2 * LENGTH);
	feed(w, r);
	assert_int_equal(event_last(w)->sent, sent);
	send_of(w);
	send_of(w);
	feed(w, r); /* of two sends */
	assert_int_equal(event_last(w)->sent, 0);
	sent = send_of(w);
	assert_int_equal(receive(w), sent);
}

static void the_length_of_a_cut_message_is_that_which_came(void **state)
{
	struct world *w = *state;
	union record r = call_of(CALL_recvmsg, (struct rec_call){ .sk = SK(1), .ret = 8, .args = { 3 } });
	const struct data_msg msg = { .iovlen = 1, .flags = MSG_TRUNC };
	int64_t sent = send_by(w, 1, 2, 1, 100);

	record_data(&r, DATA_MSG, &msg, sizeof(msg), "", 0);
	feed(w, r);
	assert_int_equal(event_last(w)->sent, sent);
	assert_string_equal(event_last(w)->note, "truncated: 8 of 100 bytes");
}

static void what_does_not_fit_ends_it_for_good(void **state)
{
	struct world *w = *state;

	send_of(w);
	assert_int_equal(receive_by(w, 1, LENGTH + 1), 0);
	send_of(w);
	assert_int_equal(receive(w), 0);
}

static void a_queue_that_was_there_before_is_not_known(void **state)
{
	struct world *w = *state;

	feed(w, record_sock(SK(7), 7, AF_INET, SOCK_DGRAM));
	DID(w, getsockname, .sk = SK(7), .args = { 9 }, TCP(TCP_CLOSE, | VIEW_BOUND));
	send_by(w, 1, 2, 7, 3);
	DID(w, recvfrom, .sk = SK(7), .ret = 3, .args = { 9, 0, 9 }, TCP(TCP_CLOSE, | VIEW_BOUND));
	assert_int_equal(event_last(w)->sent, 0);
}

static void what_was_thrown_away_is_not_received(void **state)
{
	struct world *w = *state;
	int64_t sent;

	send_of(w);
	DID(w, recvfrom, .sk = SK(1), .ret = -EFAULT, .args = { 3, 0, 100 }); /* the datagram may be gone */
	send_of(w);
	assert_int_equal(receive(w), 0);
	feed(w, record_sock(SK(4), 4, AF_UNIX, SOCK_DGRAM));
	socket_of(w, 8, 4, AF_UNIX, SOCK_DGRAM);
	sent = send_by(w, 1, 2, 4, LENGTH);
	DID(w, connect, .sk = SK(4), .args = { 8 }, TCP(TCP_ESTABLISHED, | VIEW_PEER));
	DID(w, read, .sk = SK(4), .ret = LENGTH, .args = { 8, 0, 99 });
	assert_int_equal(event_last(w)->sent, sent); /* a stranger's, from before */
	send_by(w, 1, 2, 4, LENGTH);
	DID(w, connect, .sk = SK(4), .args = { 8 }, TCP(TCP_ESTABLISHED, | VIEW_PEER)); /* another peer */
	sent = send_by(w, 1, 3, 4, LENGTH);
	DID(w, read, .sk = SK(4), .ret = LENGTH, .args = { 8, 0, 99 });
	assert_int_equal(event_last(w)->sent, sent);
}

static void a_long_queue_is_given_up(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 4096; i++)
		send_of(w);
	assert_int_not_equal(receive(w), 0);
	send_of(w);
	assert_int_not_equal(receive(w), 0);
	send_of(w);
	send_of(w);
	assert_int_equal(receive(w), 0);
}

static void the_length_must_fit(void **state)
{
	struct world *w = *state;

	named(w, 2, inet(200));
	send_by(w, 1, 2, 1, LENGTH + 1);
	assert_int_equal(receive_from(w, 200), 0);
	send_by(w, 1, 2, 1, LENGTH);
	assert_int_equal(receive_from(w, 200), 0); /* for good */
	socket_of(w, 8, 4, AF_INET, SOCK_DGRAM);
	send_by(w, 1, 2, 4, LENGTH);
	feed(w, messages_received(4, 1, LENGTH, MSG_TRUNC)); /* cut, and there was no more of it */
	assert_int_equal(event_last(w)->sent, 0);
}

static void several_may_be_received_before_they_are_told_of(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;
	int64_t sent;

	arrive(w, 1, at, 2, 1, LENGTH);
	feed(w, messages_received(1, 3, 3 * LENGTH, 0));
	assert_int_equal(event_last(w)->sent, 0);
	arrive(w, 1, at, 2, 1, LENGTH);
	arrive(w, 1, at, 2, 1, LENGTH);
	send_returns(w, 1, at, 2, 3 * LENGTH);
	later(w);
	sent = send_of(w);
	assert_int_equal(receive(w), sent);
}

/* Of several messages the address of the first is told: it says nothing of the others. */
static void several_messages_are_taken_in_order(void **state)
{
	struct world *w = *state;
	union record r = messages_received(1, 2, 2 * LENGTH, 0);
	const struct data_msg msg = { .bytes = 2 * LENGTH, .iovlen = 1, .name = { .given = 16, .got = 16 } };
	int64_t sent;

	named(w, 2, inet(200));
	named(w, 3, inet(300));
	send_by(w, 1, 2, 1, LENGTH);
	send_by(w, 1, 3, 1, LENGTH);
	record_data(&r, DATA_MSG, &msg, sizeof(msg), inet(300).bytes, 16);
	feed(w, r);
	sent = send_of(w);
	assert_int_equal(receive(w), sent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARRIVALS_TEST(a_receive_knows_its_send),
		ARRIVALS_TEST(a_receive_that_returns_first_names_the_event_of_the_send_to_come),
		ARRIVALS_TEST(a_queue_grows),
		ARRIVALS_TEST(what_waits_after_a_shutdown_is_a_message),
		ARRIVALS_TEST(nothing_is_a_message_too),
		ARRIVALS_TEST(a_unix_pair_has_arrivals_and_others_have_none),
		ARRIVALS_TEST(what_stays_in_the_queue_is_not_taken),
		ARRIVALS_TEST(several_messages_of_one_send_in_one_receive),
		ARRIVALS_TEST(the_length_of_a_cut_message_is_that_which_came),
		ARRIVALS_TEST(what_does_not_fit_ends_it_for_good),
		ARRIVALS_TEST(a_queue_that_was_there_before_is_not_known),
		ARRIVALS_TEST(what_was_thrown_away_is_not_received),
		ARRIVALS_TEST(a_long_queue_is_given_up),
		ARRIVALS_TEST(the_length_must_fit),
		ARRIVALS_TEST(several_may_be_received_before_they_are_told_of),
		ARRIVALS_TEST(several_messages_are_taken_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
