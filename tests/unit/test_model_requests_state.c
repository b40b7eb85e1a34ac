/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_requests.c: what a request does to a state that is told without it, and connect() whose submission was not told
 * of. The socket is the first, by descriptor 3.
 */
#include "requests.h"

static void what_is_cancelled_did_nothing(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, accept4, URING, .sk = SK(1), .args = { 3 }, .ret = -ECANCELED, TCP(TCP_CLOSE));
	DID(w, recvfrom, URING, .sk = SK(1), .args = { 3 }, .ret = -ECANCELED, TCP(TCP_CLOSE));
	DID(w, sendto, URING, .sk = SK(1), .args = { 3 }, .ret = -ECANCELED, TCP(TCP_CLOSE));
	CONNECT(w, 1, 0, .ret = -ECANCELED, TCP(TCP_CLOSE)); /* its submission was not told of */
	DID(w, close, URING, .sk = SK(1), .args = { 3 }, .ret = -ECANCELED, TCP(TCP_CLOSE));
	for (size_t i = 1; i < w->event_count; i++)
		assert_null(w->events[i].note);
	STATES_ARE(life_of(w, 1), STATE_CREATED);
	assert_int_equal(life_of(w, 1)->attempt_count, 0);
}

/* It goes on in the kernel: a connect() after it tells what became of it. */
static void a_connect_that_is_cancelled_goes_on(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	tcp(w, 3, 1);
	CONNECT(w, 1, CALL_ENTERED, 0);
	at = w->now;
	CONNECT(w, 1, 0, .ret = -ECANCELED, .dur = at, TCP(TCP_SYN_SENT));
	CHANGED(w, 1, SYN_SENT, ESTABLISHED);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
	assert_int_equal(l->attempt_count, 1);
	assert_int_equal(l->attempts[0].returned, ECANCELED);
	assert_int_equal(l->attempts[0].outcome, ATTEMPT_CONNECTED);
	assert_int_equal(l->attempts[0].learned, LEARNED_CONNECT);
}

static void a_request_is_the_cause_of_what_the_kernel_told_meanwhile(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	CHANGED(w, 1, CLOSE, LISTEN);
	DID(w, listen, URING, .sk = SK(1), .args = { 3, 8 }, .dur = at, TCP(TCP_LISTEN));
	at = w->now + 1;
	CHANGED(w, 1, LISTEN, CLOSE);
	DID(w, shutdown, URING, .sk = SK(1), .args = { 3 }, .dur = at, TCP(TCP_CLOSE));
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_LISTENING, STATE_CREATED);
	assert_state(l, 1, STATE_LISTENING, 2, NULL);
	assert_state(l, 2, STATE_CREATED, 3, NULL);
}

static void a_shutdown_is_the_cause_of_the_fin_but_not_of_its_answer(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	connected(w);
	at = w->now + 1;
	CHANGED(w, 1, ESTABLISHED, FIN_WAIT1);
	CHANGED(w, 1, FIN_WAIT1, FIN_WAIT2);
	CHANGED(w, 1, FIN_WAIT2, CLOSE);
	DID(w, shutdown, URING, .sk = SK(1), .args = { 3, 1 }, .dur = at, TCP(TCP_CLOSE));
	l = life_of(w, 1);
	assert_state(l, 3, STATE_HALF_CLOSED_LOCAL, event_last(w)->id, NULL);
	assert_state(l, 4, STATE_DISCONNECTED, 0, "TCP_CLOSE");
}

static void what_failed_or_came_before_is_not_the_cause(void **state)
{
	struct world *w = *state;

	connected(w);
	CHANGED(w, 1, ESTABLISHED, FIN_WAIT1); /* another process's */
	DID(w, shutdown, URING, .sk = SK(1), .args = { 3, 1 }, TCP(TCP_FIN_WAIT1));
	assert_state(life_of(w, 1), 3, STATE_HALF_CLOSED_LOCAL, 0, "TCP_FIN_WAIT1");
}

/* The n-th socket, into direct:3, by a request; the call after it is submitted with it, at `at`. */
static void socket_by_request(struct world *w, int n, uint64_t at)
{
	feed(w, record_sock(SK(n), (uint64_t)n, AF_INET, SOCK_STREAM));
	slot_of(w, at - 1, 3, n);
	DID(w, socket, .h.flags = URING_FLAGS | CALL_MADE_DIRECT, .sk = SK(n), .args = { AF_INET, SOCK_STREAM },
	    .dur = at - 1, TCP(TCP_CLOSE));
}

/* It was submitted before its socket was made: the kernel tells when it began. */
static void a_connect_that_was_not_seen_to_begin(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at = w->now + 1, began, done;

	socket_by_request(w, 1, at);
	began = CHANGED(w, 1, CLOSE, SYN_SENT) - MONO;
	done = CHANGED(w, 1, SYN_SENT, ESTABLISHED) - MONO;
	slot_of(w, at, 3, 1);
	CONNECT(w, 1, CALL_DIRECT, .dur = at, TCP(TCP_ESTABLISHED, | VIEW_PEER));
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
	assert_state(l, 1, STATE_CONNECTING, 2, NULL);
	assert_state(l, 2, STATE_CONNECTED, 2, NULL);
	assert_int_equal(l->attempt_count, 1);
	assert_int_equal(l->attempts[0].from, began);
	assert_int_equal(l->attempts[0].to, done);
	assert_int_equal(l->attempts[0].outcome, ATTEMPT_CONNECTED);
	assert_true(l->attempts[0].did_return);
	assert_int_equal(l->attempts[0].returned, 0);
	assert_int_equal(l->attempts[0].learned, LEARNED_RETURN);
	assert_int_equal(l->attempts[0].learned_t, w->now - MONO);
	assert_int_equal(l->role, ROLE_ACTIVE);
}

static void a_refused_connect_that_was_not_seen_to_begin(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	CHANGED(w, 1, CLOSE, SYN_SENT);
	CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ECONNREFUSED);
	CONNECT(w, 1, 0, .ret = -ECONNREFUSED, .dur = at, TCP(TCP_CLOSE));
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING, STATE_FAILED);
	assert_state(l, 2, STATE_FAILED, 2, NULL);
	assert_int_equal(l->attempts[0].outcome, ATTEMPT_ERROR);
	assert_int_equal(l->attempts[0].error, ECONNREFUSED);
	assert_int_equal(l->attempts[0].learned, LEARNED_RETURN);
}

/* It was submitted, and had begun, before its socket was told of. */
static void a_connect_of_which_only_the_end_was_told(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at = w->now + 2, done;

	socket_by_request(w, 1, at);
	done = CHANGED(w, 1, SYN_SENT, ESTABLISHED) - MONO;
	slot_of(w, at, 3, 1);
	CONNECT(w, 1, CALL_DIRECT, .dur = at, TCP(TCP_ESTABLISHED, | VIEW_PEER));
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
	assert_state(l, 1, STATE_CONNECTING, 2, NULL);
	assert_state(l, 2, STATE_CONNECTED, 2, NULL);
	assert_int_equal(l->states[1].from, l->states[0].from); /* not before there was a socket */
	assert_int_equal(l->states[2].from, done);
	assert_int_equal(l->attempt_count, 1);
	assert_int_equal(l->attempts[0].from, l->states[1].from);
	assert_int_equal(l->attempts[0].to, done);
	assert_int_equal(l->attempts[0].outcome, ATTEMPT_CONNECTED);
	assert_true(l->attempts[0].did_return);
	assert_int_equal(l->attempts[0].learned, LEARNED_RETURN);
	assert_int_equal(l->role, ROLE_ACTIVE);
}

static void a_refused_connect_of_which_only_the_end_was_told(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at, done;

	tcp(w, 3, 1);
	at = w->now + 5;
	done = CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ECONNREFUSED) - MONO;
	CONNECT(w, 1, 0, .ret = -ECONNREFUSED, .dur = at, TCP(TCP_CLOSE));
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING, STATE_FAILED);
	assert_state(l, 1, STATE_CONNECTING, 2, NULL);
	assert_state(l, 2, STATE_FAILED, 2, NULL);
	assert_int_equal(l->states[1].from, at - MONO);
	assert_int_equal(l->attempt_count, 1);
	assert_int_equal(l->attempts[0].from, at - MONO);
	assert_int_equal(l->attempts[0].to, done);
	assert_int_equal(l->attempts[0].outcome, ATTEMPT_ERROR);
	assert_int_equal(l->attempts[0].error, ECONNREFUSED);
	assert_int_equal(l->attempts[0].learned, LEARNED_RETURN);
}

/* Of a unix socket the kernel tells nothing: it is what it was submitted for. */
static void a_connect_that_nothing_was_told_of(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM);
	at = w->now + 5;
	CONNECT(w, 1, 0, .dur = at, TCP(TCP_ESTABLISHED, | VIEW_PEER));
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
	assert_int_equal(l->states[1].from, at - MONO);
	assert_int_equal(l->attempts[0].from, at - MONO);
	assert_int_equal(l->attempts[0].to, w->now - MONO);
	assert_int_equal(l->attempts[0].outcome, ATTEMPT_CONNECTED);
	assert_state(l, 2, STATE_CONNECTED, 2, NULL);
}

static void a_silent_shutdown_shuts_down(void **state)
{
	struct world *w = *state;
	uint64_t at;

	connected(w);
	at = w->now + 1;
	CHANGED(w, 1, ESTABLISHED, FIN_WAIT1);
	DID(w, shutdown, .h.flags = URING_FLAGS | CALL_OPEN | CALL_SILENT, .sk = SK(1), .args = { 3, 1 }, .dur = at,
	    TCP(TCP_FIN_WAIT1));
	assert_state(life_of(w, 1), 3, STATE_HALF_CLOSED_LOCAL, event_last(w)->id, NULL);
}

static void what_becomes_of_a_connect_that_is_cancelled_the_next_one_reports(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	CONNECT(w, 1, CALL_ENTERED, 0);
	at = w->now;
	CONNECT(w, 1, 0, .ret = -ECANCELED, .dur = at, TCP(TCP_SYN_SENT));
	CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ECONNREFUSED);
	connect_of(w, 1, ECONNREFUSED, TCP_CLOSE);
	assert_int_equal(life_of(w, 1)->attempt_count, 1);
	assert_int_equal(life_of(w, 1)->attempts[0].error, ECONNREFUSED);
	assert_int_equal(life_of(w, 1)->attempts[0].learned, LEARNED_CONNECT);
}

/* An attempt does not begin before its socket does. */
static void a_connect_that_waited_for_its_socket(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;

	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM);
	CONNECT(w, 1, 0, .dur = at, TCP(TCP_ESTABLISHED, | VIEW_PEER));
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
	assert_int_equal(life_of(w, 1)->states[1].from, life_of(w, 1)->states[0].from);
	assert_int_equal(life_of(w, 1)->attempts[0].from, life_of(w, 1)->states[0].from);
}

static void a_shutdown_of_what_the_peer_ended(void **state)
{
	struct world *w = *state;
	uint64_t at;

	connected(w);
	CHANGED(w, 1, ESTABLISHED, CLOSE_WAIT);
	at = w->now + 1;
	CHANGED(w, 1, CLOSE_WAIT, LAST_ACK);
	DID(w, shutdown, URING, .sk = SK(1), .args = { 3, 2 }, .dur = at, TCP(TCP_LAST_ACK));
	assert_state(life_of(w, 1), 3, STATE_HALF_CLOSED_REMOTE, 0, "TCP_CLOSE_WAIT");
	assert_state(life_of(w, 1), 4, STATE_DISCONNECTED, event_last(w)->id, NULL);
}

static void a_connect_to_nobody_dissolves(void **state)
{
	const struct sockaddr sa = { .sa_family = AF_UNSPEC };
	struct world *w = *state;
	union record r;
	struct address nobody;
	uint64_t at;

	connected(w);
	at = w->now + 1;
	CHANGED(w, 1, ESTABLISHED, CLOSE);
	r = call_of(CALL_connect,
		    (struct rec_call){ URING, .sk = SK(1), .args = { 3, 0, 16 }, .dur = at, TCP(TCP_CLOSE) });
	address_set(&nobody, &sa, sizeof(sa));
	record_addr(&r, nobody);
	feed(w, r);
	assert_state(life_of(w, 1), 3, STATE_DISCONNECTED, event_last(w)->id, NULL);
	assert_state(life_of(w, 1), 4, STATE_CREATED, event_last(w)->id, NULL);
}

static void a_send_that_connects(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	CHANGED(w, 1, CLOSE, SYN_SENT);
	DID(w, sendto, URING, .sk = SK(1), .args = { 3, 0, 9, 0x20000000 }, .ret = 9, .dur = at, TCP(TCP_SYN_SENT));
	assert_state(life_of(w, 1), 1, STATE_CONNECTING, event_last(w)->id, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(what_is_cancelled_did_nothing),
		WORLD_TEST(a_connect_that_is_cancelled_goes_on),
		WORLD_TEST(a_request_is_the_cause_of_what_the_kernel_told_meanwhile),
		WORLD_TEST(a_shutdown_is_the_cause_of_the_fin_but_not_of_its_answer),
		WORLD_TEST(what_failed_or_came_before_is_not_the_cause),
		WORLD_TEST(a_connect_that_was_not_seen_to_begin),
		WORLD_TEST(a_refused_connect_that_was_not_seen_to_begin),
		WORLD_TEST(a_connect_of_which_only_the_end_was_told),
		WORLD_TEST(a_refused_connect_of_which_only_the_end_was_told),
		WORLD_TEST(a_connect_that_nothing_was_told_of),
		WORLD_TEST(a_silent_shutdown_shuts_down),
		WORLD_TEST(what_becomes_of_a_connect_that_is_cancelled_the_next_one_reports),
		WORLD_TEST(a_connect_that_waited_for_its_socket),
		WORLD_TEST(a_shutdown_of_what_the_peer_ended),
		WORLD_TEST(a_connect_to_nobody_dissolves),
		WORLD_TEST(a_send_that_connects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
