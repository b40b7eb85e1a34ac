/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_calls.c: calls that were blocked when the trace, or this file of it, began.
 */
#include "snapshot.h"

#define LATE_NOTE "entered before the trace began"

static void listener_found(struct world *w)
{
	found(w, 1, SOCK_STREAM, TCP_LISTEN, SERVER, NONE);
	held(w, 3, 1);
}

#define BLOCKED(w, name, ...) DID(w, name, .h.flags = CALL_ENTERED | CALL_LATE, __VA_ARGS__)
/* A return whose entry was not seen. */
#define RETURNED(w, name, ...) DID(w, name, .h.flags = CALL_LATE, .dur = w->now + 10, __VA_ARGS__)

static void assert_late(const struct world *w, int64_t id)
{
	const struct event *e = event_last(w);

	assert_int_equal(e->id, id);
	assert_int_equal(e->t, 0);
	assert_int_equal(e->socket, 1);
	assert_string_equal(e->note, LATE_NOTE);
}

static void one_that_never_returns_is_listed(void **state)
{
	struct world *w = *state;

	listener_found(w);
	BLOCKED(w, accept, .sk = SK(1), .args = { 3 });
	assert_int_equal(w->event_count, 0);
	finish(w);
	assert_int_equal(w->event_count, 1);
	assert_late(w, 1);
	assert_int_equal(event_last(w)->dur, OPEN);
}

static void one_that_returns_is_the_same(void **state)
{
	struct world *w = *state;

	listener_found(w);
	BLOCKED(w, accept, .sk = SK(1), .args = { 3 });
	found_connected(w, 2);
	RETURNED(w, accept, .sk = SK(1), .sk2 = SK(2), .ret = 5, .args = { 3 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_late(w, 1);
	assert_int_equal(event_last(w)->dur, NOW(w));
	assert_descriptor(life_of(w, 2), 0, 1, 5, HOW_ACCEPT, BY_OPEN);
	assert_int_equal(life_of(w, 2)->listener, 1);
	assert_int_equal(w->event_count, 1);
}

/* In a file that follows another one: its programs know when it was entered. */
static void one_that_was_entered_in_the_file_before_is_too(void **state)
{
	struct world *w = *state;

	listener_found(w);
	BLOCKED(w, accept, .sk = SK(1), .args = { 3 });
	found_connected(w, 2);
	DID(w, accept, .sk = SK(1), .sk2 = SK(2), .ret = 5, .args = { 3 }, .dur = MONO - 500,
	    TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_int_equal(w->event_count, 1);
	assert_late(w, 1);
	assert_int_equal(event_last(w)->dur, NOW(w));
	assert_descriptor(life_of(w, 2), 0, 1, 5, HOW_ACCEPT, BY_OPEN);
}

static void one_that_nothing_found_blocked_is_told_at_its_return(void **state)
{
	struct world *w = *state;

	listener_found(w);
	DID(w, accept, .sk = SK(1), .ret = -EMFILE, .args = { 3 }, .dur = MONO - 500, TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_late(w, 1);
	assert_int_equal(event_last(w)->dur, NOW(w));
}

static void one_by_io_uring_has_its_own_entry(void **state)
{
	struct world *w = *state;

	listener_found(w);
	DID(w, accept, URING, .sk = SK(1), .ret = -EMFILE, .args = { 3 }, .dur = MONO - 500);
	DID(w, accept, URING, .sk = SK(1), .ret = -EMFILE, .args = { 3 }, .dur = MONO - 400);
	assert_int_equal(w->event_count, 2);
	assert_late(w, 2);
	assert_int_equal(event_last(w)->dur, NOW(w));
}

static void one_on_a_number_that_was_closed_is_not_listed(void **state)
{
	struct world *w = *state;

	listener_found(w);
	close_of(w, 3, 1);
	BLOCKED(w, accept, .sk = SK(1), .args = { 3 });
	found(w, 2, SOCK_STREAM, TCP_LISTEN, SERVER, NONE);
	BLOCKED(w, accept, .sk = SK(2), .args = { 3 });
	finish(w);
	assert_int_equal(w->event_count, 1); /* the close */
	assert_int_equal(w->life_count, 1);
}

/* On a unix stream, for a message that brings the second socket. */
static void receive_blocks(struct world *w)
{
	feed(w, record_sock(SK(1), 1, AF_UNIX, SOCK_STREAM));
	feed(w, record_name((struct rec_name){ .sk = SK(1), TCP(TCP_ESTABLISHED, | VIEW_PEER) }, NONE, NONE));
	held(w, 3, 1);
	BLOCKED(w, recvmsg, .sk = SK(1), .args = { 3 });
	found_connected(w, 2);
}

static void a_message_that_ends_one_has_what_it_brought(void **state)
{
	struct world *w = *state;

	receive_blocks(w);
	TOLD(w, TAKEN, SK(2), .h.tid = 1, .at = MONO - 500, .value = 5, .other = SK(1));
	DID(w, recvmsg, .sk = SK(1), .ret = 1, .args = { 3 }, .dur = MONO - 500);
	assert_late(w, 1);
	assert_descriptor(life_of(w, 2), 0, 1, 5, HOW_SCM_RIGHTS, BY_OPEN);
}

static void it_has_it_where_the_entry_was_not_seen_either(void **state)
{
	struct world *w = *state;

	receive_blocks(w);
	TOLD(w, TAKEN, SK(2), .h.tid = 1, .at = w->now, .value = 5, .other = SK(1));
	RETURNED(w, recvmsg, .sk = SK(1), .ret = 1, .args = { 3 });
	assert_late(w, 1);
	assert_descriptor(life_of(w, 2), 0, 1, 5, HOW_SCM_RIGHTS, BY_OPEN);
}

/* net/ipv4: the send of a file before is told of by its datagram's coming. */
static void a_fact_of_its_own_is_of_the_same_call(void **state)
{
	struct world *w = *state;

	socket_of(w, 4, 2, AF_INET, SOCK_DGRAM);
	found(w, 1, SOCK_DGRAM, TCP_ESTABLISHED, CLIENT, SERVER);
	held(w, 3, 1);
	BLOCKED(w, sendto, .sk = SK(1), .args = { 3 });
	TOLD(w, ARRIVED, SK(2), .h.tid = 1, .at = MONO - 500, .value = 4, .other = SK(1));
	DID(w, sendto, .sk = SK(1), .ret = 4, .args = { 3, 0, 4 }, .dur = MONO - 500);
	assert_int_equal(w->event_count, 2);
	assert_int_equal(event_last(w)->id, 2);
	assert_int_equal(event_last(w)->t, 0);
}

static void a_fact_of_a_request_has_its_submission(void **state)
{
	struct world *w = *state;

	socket_of(w, 4, 2, AF_INET, SOCK_DGRAM);
	found(w, 1, SOCK_DGRAM, TCP_ESTABLISHED, CLIENT, SERVER);
	held(w, 3, 1);
	TOLD(w, ARRIVED, SK(2), .h.tid = 1, URING, .at = MONO - 500, .value = 4, .other = SK(1));
	TOLD(w, ARRIVED, SK(2), .h.tid = 1, URING, .at = MONO - 400, .value = 4, .other = SK(1));
	DID(w, sendto, URING, .sk = SK(1), .ret = 4, .args = { 3, 0, 4 }, .dur = MONO - 400);
	assert_int_equal(event_last(w)->id, 3);
	DID(w, sendto, URING, .sk = SK(1), .ret = 4, .args = { 3, 0, 4 }, .dur = MONO - 500);
	assert_int_equal(event_last(w)->id, 2);
	finish(w);
	assert_int_equal(w->event_count, 3);
}

static void connecting_found(struct world *w)
{
	found(w, 1, SOCK_STREAM, TCP_SYN_SENT, CLIENT, SERVER);
	held(w, 3, 1);
	BLOCKED(w, connect, .sk = SK(1), .args = { 3 }, TCP(TCP_SYN_SENT, | VIEW_BOUND | VIEW_PEER));
}

static void a_connect_goes_on_with_its_attempt(void **state)
{
	struct world *w = *state;
	const struct life *l;

	connecting_found(w);
	CHANGED(w, 1, SYN_SENT, ESTABLISHED);
	RETURNED(w, connect, .sk = SK(1), .args = { 3 }, TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER));
	assert_late(w, 1);
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CONNECTING, STATE_CONNECTED);
	assert_int_equal(l->states[0].cause, 0);
	assert_int_equal(l->states[1].cause, 1);
	assert_int_equal(l->role, ROLE_ACTIVE);
	assert_int_equal(l->attempt_count, 1);
	assert_int_equal(l->attempts[0].from, 0);
	assert_int_equal(l->attempts[0].outcome, ATTEMPT_CONNECTED);
	assert_int_equal(l->attempts[0].learned, LEARNED_RETURN);
	assert_int_equal(l->attempts[0].returned, 0);
}

static void a_connect_of_the_file_before_too(void **state)
{
	struct world *w = *state;
	const struct life *l;

	connecting_found(w);
	TOLD(w, STATE, SK(1), .value = TCP_CLOSE | TCP_SYN_SENT << 8, .extra = ECONNREFUSED);
	DID(w, connect, .sk = SK(1), .ret = -ECONNREFUSED, .args = { 3 }, .dur = MONO - 500,
	    TCP(TCP_CLOSE, | VIEW_BOUND));
	assert_late(w, 1);
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CONNECTING, STATE_FAILED);
	assert_int_equal(l->attempt_count, 1);
	assert_int_equal(l->attempts[0].from, 0);
	assert_int_equal(l->attempts[0].error, ECONNREFUSED);
}

static void a_connect_that_never_returns_leaves_it_open(void **state)
{
	struct world *w = *state;
	const struct life *l;

	connecting_found(w);
	l = life_of(w, 1);
	assert_late(w, 1);
	STATES_ARE(l, STATE_CONNECTING);
	assert_int_equal(l->attempts[0].outcome, ATTEMPT_OPEN);
	assert_false(l->attempts[0].did_return);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(one_that_never_returns_is_listed),
		WORLD_TEST(one_that_returns_is_the_same),
		WORLD_TEST(one_that_was_entered_in_the_file_before_is_too),
		WORLD_TEST(one_that_nothing_found_blocked_is_told_at_its_return),
		WORLD_TEST(one_by_io_uring_has_its_own_entry),
		WORLD_TEST(one_on_a_number_that_was_closed_is_not_listed),
		WORLD_TEST(a_message_that_ends_one_has_what_it_brought),
		WORLD_TEST(it_has_it_where_the_entry_was_not_seen_either),
		WORLD_TEST(a_fact_of_its_own_is_of_the_same_call),
		WORLD_TEST(a_fact_of_a_request_has_its_submission),
		WORLD_TEST(a_connect_goes_on_with_its_attempt),
		WORLD_TEST(a_connect_of_the_file_before_too),
		WORLD_TEST(a_connect_that_never_returns_leaves_it_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
