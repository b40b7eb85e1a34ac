/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_arrivals.c: what is said of a datagram where it is not certain which send it came from, or came twice.
 */
#include "arrivals.h"

static void a_receive_may_be_told_of_before_its_arrival(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;
	int64_t sent;

	assert_int_equal(receive(w), 0);
	arrive(w, 1, at, 2, 1, LENGTH);
	sent = send_of(w);
	assert_int_equal(receive(w), sent);
}

static void receives_that_are_told_of_early_stay_in_step(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;
	int64_t sent;

	receive(w);
	receive(w);
	arrive(w, 1, at, 2, 1, LENGTH);
	arrive(w, 1, at, 2, 1, LENGTH);
	send_returns(w, 1, at, 2, 2 * LENGTH);
	sent = send_of(w);
	assert_int_equal(receive(w), sent);
}

static void of_two_that_are_told_of_late_either_was_received(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;
	int64_t sent;

	named(w, 2, inet(200));
	named(w, 3, inet(300));
	feed(w, record_task(2, 2, FILES(2)));
	receive_from(w, 200);
	arrive(w, 2, at, 3, 1, LENGTH);
	arrive(w, 1, at, 2, 1, LENGTH);
	assert_int_equal(receive_from(w, 300), 0);
	sent = send_of(w);
	assert_int_equal(receive_from(w, 200), sent);
}

/* Requests of one thread can be carried out by several of the kernel's. */
static void of_two_that_wait_io_uring_takes_either(void **state)
{
	struct world *w = *state;
	int64_t sent;

	send_of(w);
	send_of(w);
	DID(w, recvfrom, URING, .sk = SK(1), .ret = LENGTH, .args = { 3, 0, 100 });
	assert_int_equal(event_last(w)->sent, 0);
	assert_int_equal(receive(w), 0);
	sent = send_of(w);
	assert_int_equal(receive(w), sent);
}

static void a_receive_of_what_was_never_told_ends_it_for_good(void **state)
{
	struct world *w = *state;
	int64_t sent;

	assert_int_equal(receive(w), 0);
	sent = send_of(w);
	assert_int_equal(receive(w), sent); /* it may be told of yet */
	w->now += 600000000;
	assert_int_equal(receive(w), 0);
	w->now += 600000000;
	send_of(w);
	assert_int_equal(receive(w), 0);
}

/* Two threads send: which came first is not known, but whom the address names is. */
static void two_senders_are_told_apart_by_address_only(void **state)
{
	struct world *w = *state;
	int64_t one, two;

	named(w, 2, inet(200));
	named(w, 3, inet(300));
	feed(w, record_task(2, 2, FILES(2)));
	one = send_by(w, 1, 2, 1, LENGTH);
	two = send_by(w, 2, 3, 1, LENGTH);
	assert_int_equal(receive_from(w, 300), two); /* they came in the other order */
	assert_int_equal(receive_from(w, 200), one);
	send_by(w, 1, 2, 1, LENGTH);
	send_by(w, 2, 3, 1, LENGTH);
	assert_int_equal(receive(w), 0);
	assert_int_equal(receive_from(w, 300), 0); /* it may be the one that is gone */
	later(w);
	one = send_by(w, 1, 2, 1, LENGTH); /* the other one has nothing under way any more */
	assert_int_equal(receive(w), one);
}

static void two_threads_on_one_socket_are_not_told_apart(void **state)
{
	struct world *w = *state;

	named(w, 2, inet(200));
	send_by(w, 1, 2, 1, LENGTH);
	feed(w, record_task(2, 2, FILES(2)));
	send_by(w, 2, 2, 1, LENGTH);
	assert_int_equal(receive_from(w, 200), 0);
}

static void a_receive_takes_from_its_sender_before_it_is_told(void **state)
{
	struct world *w = *state;
	uint64_t at;
	int64_t one;

	named(w, 2, inet(200));
	named(w, 3, inet(300));
	feed(w, record_task(2, 2, FILES(2)));
	at = w->now + 1;
	one = send_by(w, 1, 2, 1, LENGTH);
	assert_int_equal(receive_from(w, 300), 0);
	arrive(w, 2, at, 3, 1, LENGTH);
	assert_int_equal(receive_from(w, 200), one);
	one = send_by(w, 1, 2, 1, LENGTH);
	assert_int_equal(receive_from(w, 200), one);
}

static void what_nobody_receives_ends_it_for_good(void **state)
{
	struct world *w = *state;

	named(w, 2, inet(200));
	named(w, 3, inet(300));
	send_by(w, 1, 2, 1, LENGTH); /* its receive was lost */
	later(w);
	send_by(w, 1, 3, 1, LENGTH);
	assert_int_equal(receive_from(w, 300), 0);
	send_by(w, 1, 3, 1, LENGTH);
	assert_int_equal(receive_from(w, 300), 0);
}

static void what_may_be_any_is_taken_first(void **state)
{
	struct world *w = *state;
	int64_t sent;

	named(w, 2, inet(200));
	named(w, 3, inet(300));
	feed(w, record_task(2, 2, FILES(2)));
	send_by(w, 1, 2, 1, LENGTH);
	send_by(w, 2, 3, 1, LENGTH);
	receive(w); /* either of the two */
	assert_int_equal(receive_from(w, 200), 0);
	sent = send_by(w, 2, 3, 1, LENGTH);
	assert_int_equal(receive_from(w, 300), sent);
}

static void a_cut_address_names_nobody(void **state)
{
	struct world *w = *state;
	union record r = received_from(inet(200), LENGTH);
	const struct data_addr head = { .given = 2, .got = 16 };
	int64_t sent;

	record_data(&r, DATA_ADDR, &head, sizeof(head), inet(200).bytes, 2);
	named(w, 2, inet(200));
	sent = send_of(w);
	feed(w, r);
	assert_int_equal(event_last(w)->sent, sent);
}

static void a_sender_that_is_gone_is_not_the_one_at_its_address(void **state)
{
	struct world *w = *state;
	int64_t sent;

	named(w, 2, inet(200));
	sent = send_of(w);
	close_of(w, 4, 2);
	feed(w, record_sock(SK(2), 8, AF_INET, SOCK_DGRAM));
	named(w, 2, inet(300));
	feed(w, received_from(inet(200), LENGTH));
	assert_int_equal(event_last(w)->sent, sent);
}

static void how_many_a_sendfile_sends_is_not_told(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;

	arrive(w, 1, at, 2, 1, LENGTH);
	arrive(w, 1, at, 2, 1, LENGTH);
	DID(w, sendfile, .sk = SK(2), .ret = LENGTH + LENGTH, .args = { 4, 9, 0, 99 }, .dur = at);
	assert_int_not_equal(receive(w), 0);
	assert_int_not_equal(receive(w), 0);
	assert_null(event_last(w)->note);
}

/* A socket that is bound to any address is known by its port, in its network namespace. */
static void addresses_name_a_socket(void **state)
{
	struct world *w = *state;
	const struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
					   .sin6_port = htons(300),
					   .sin6_addr.s6_addr = { [10] = 0xff, 0xff, 127, 0, 0, 1 } };
	struct address any = inet(200), mapped;
	union record far = record_sock(SK(4), 4, AF_INET, SOCK_DGRAM);
	int64_t sent;

	memset(any.bytes + 4, 0, 4); /* 0.0.0.0 */
	address_set(&mapped, &sin6, sizeof(sin6));
	far.sock.netns = 2;
	feed(w, far);
	DID(w, socket, .sk = SK(4), .ret = 8, .args = { AF_INET, SOCK_DGRAM }, TCP(TCP_CLOSE, ));
	named(w, 4, any);
	send_by(w, 1, 4, 1, LENGTH);
	arrive(w, 0, 0, 0, 1, LENGTH); /* from now on an address is needed */
	assert_int_equal(receive_from(w, 200), 0);
	assert_int_equal(receive_from(w, 200), 0);
	named(w, 2, any);
	named(w, 3, inet(300));
	sent = send_of(w);
	assert_int_equal(receive_from(w, 200), sent);
	sent = send_by(w, 1, 3, 1, LENGTH);
	feed(w, received_from(mapped, LENGTH));
	assert_int_equal(event_last(w)->sent, sent);
}

static void two_readers_take_in_any_order(void **state)
{
	struct world *w = *state;
	int64_t sent;

	feed(w, record_task(2, 1, FILES(1))); /* may be in a receive at any time */
	send_by(w, 1, 2, 1, 5);
	send_by(w, 1, 2, 1, 7);
	assert_int_equal(receive_by(w, 1, 7), 0);
	assert_int_equal(receive_by(w, 2, 5), 0);
	sent = send_of(w); /* in step, and the only one there */
	assert_int_equal(receive_by(w, 2, LENGTH), sent);
	send_of(w);
	send_of(w);
	feed(w, record_exit(2, 1, 1, 0));
	assert_int_not_equal(receive(w), 0); /* nobody else is left */
	assert_int_not_equal(receive(w), 0);
}

static void a_child_may_receive_as_well(void **state)
{
	struct world *w = *state;

	feed(w, record_fork(1, 2, 2, FILES(1), FILES(2)));
	send_of(w);
	send_of(w);
	assert_int_equal(receive(w), 0);
}

static void what_came_while_a_call_sent_elsewhere_is_not_its(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;

	named(w, 1, inet(100));
	arrive(w, 1, at, 2, 1, LENGTH);
	send_to(w, at, 999, LENGTH);
	assert_int_equal(receive(w), 0);
	at = w->now + 1;
	arrive(w, 1, at, 2, 1, LENGTH);
	send_to(w, at, 100, -EAGAIN);
	assert_int_equal(receive(w), 0);
	send_to(w, w->now + 1, 100, -EAGAIN);
	at = w->now + 1;
	arrive(w, 1, at, 2, 1, LENGTH);
	send_to(w, at, 100, LENGTH);
	assert_int_not_equal(receive(w), 0);
}

/* A queueing discipline that shapes gives each send's datagram on in the next one's call. */
static void what_is_under_way_may_come_in_a_later_call(void **state)
{
	struct world *w = *state;
	uint64_t at;
	int64_t sent;

	named(w, 1, inet(100));
	send_to(w, w->now + 1, 100, LENGTH);
	for (int i = 0; i < 3; i++) {
		w->now += 900000000;
		at = w->now + 1;
		arrive(w, 1, at, 2, 1, LENGTH);
		send_to(w, at, 100, LENGTH);
		assert_int_equal(receive(w), 0);
	}
	later(w);
	send_to(w, w->now + 1, 99, LENGTH); /* to another one */
	at = w->now + 1;
	arrive(w, 1, at, 2, 1, LENGTH);
	sent = send_to(w, at, 100, LENGTH);
	assert_int_equal(receive(w), sent);
}

static void what_came_twice_is_duplicated(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;
	int64_t sent;

	arrive(w, 1, at, 2, 1, LENGTH);
	arrive(w, 1, at, 2, 1, LENGTH);
	sent = send_returns(w, 1, at, 2, LENGTH);
	assert_int_equal(receive(w), sent);
	assert_null(event_last(w)->note);
	assert_int_equal(receive(w), sent);
	assert_string_equal(event_last(w)->note, "duplicated");
	feed(w, record_task(2, 2, FILES(2)));
	later(w);
	at = w->now + 1; /* the first is received before the send returns */
	arrive(w, 2, at, 2, 1, LENGTH);
	assert_int_not_equal(receive(w), 0);
	arrive(w, 2, at, 2, 1, LENGTH);
	sent = send_returns(w, 2, at, 2, LENGTH);
	DID(w, recvfrom, .sk = SK(1), .ret = LENGTH, .args = { 3, 0, 4, MSG_TRUNC });
	assert_int_equal(event_last(w)->sent, sent);
	assert_string_equal(event_last(w)->note, "duplicated; truncated: 4 of 9 bytes");
}

static void segments_are_not_duplicates(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;
	union record r = record_fact(FACT_SEGMENTS, SK(2), 5);
	int64_t sent;

	r.h.tid = 1;
	r.fact.at = at;
	arrive(w, 1, at, 2, 1, 5);
	arrive(w, 1, at, 2, 1, 4);
	feed(w, r);
	sent = send_returns(w, 1, at, 2, 9);
	assert_int_equal(receive_by(w, 1, 5), sent);
	assert_null(event_last(w)->note);
	assert_int_equal(receive_by(w, 1, 4), sent);
	assert_null(event_last(w)->note);
}

static void strangers_and_the_unknown_bring_no_event(void **state)
{
	struct world *w = *state;
	int64_t events = event_last(w)->id, sent;

	arrive(w, 0, 0, 0, 1, -1);
	arrive(w, 1, w->now + 1, 2, 1, LENGTH);
	assert_int_equal(receive(w), 0); /* it may have come first */
	arrive(w, 0, 0, 0, 9, LENGTH); /* to a socket that nobody knows */
	assert_int_equal(receive(w), 0);
	assert_int_equal(event_last(w)->id, events + 3); /* the send has one */
	later(w);
	sent = send_of(w);
	assert_int_equal(receive(w), sent);
	finish(w);
	assert_int_equal(w->life_count, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ARRIVALS_TEST(a_receive_may_be_told_of_before_its_arrival),
		ARRIVALS_TEST(of_two_that_wait_io_uring_takes_either),
		ARRIVALS_TEST(a_receive_of_what_was_never_told_ends_it_for_good),
		ARRIVALS_TEST(receives_that_are_told_of_early_stay_in_step),
		ARRIVALS_TEST(of_two_that_are_told_of_late_either_was_received),
		ARRIVALS_TEST(two_senders_are_told_apart_by_address_only),
		ARRIVALS_TEST(two_threads_on_one_socket_are_not_told_apart),
		ARRIVALS_TEST(a_receive_takes_from_its_sender_before_it_is_told),
		ARRIVALS_TEST(what_nobody_receives_ends_it_for_good),
		ARRIVALS_TEST(what_may_be_any_is_taken_first),
		ARRIVALS_TEST(addresses_name_a_socket),
		ARRIVALS_TEST(a_cut_address_names_nobody),
		ARRIVALS_TEST(a_sender_that_is_gone_is_not_the_one_at_its_address),
		ARRIVALS_TEST(how_many_a_sendfile_sends_is_not_told),
		ARRIVALS_TEST(two_readers_take_in_any_order),
		ARRIVALS_TEST(a_child_may_receive_as_well),
		ARRIVALS_TEST(what_came_while_a_call_sent_elsewhere_is_not_its),
		ARRIVALS_TEST(what_is_under_way_may_come_in_a_later_call),
		ARRIVALS_TEST(what_came_twice_is_duplicated),
		ARRIVALS_TEST(segments_are_not_duplicates),
		ARRIVALS_TEST(strangers_and_the_unknown_bring_no_event),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
