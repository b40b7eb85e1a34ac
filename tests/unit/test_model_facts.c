/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_facts.c: states that the kernel tells of between calls, and what is the cause of each. The socket is the first,
 * by descriptor 3.
 */
#include "world.h"

#define PEER_FIN .value = TCP_ESTABLISHED << 8 | TCP_CLOSE_WAIT | 1 << 16

/* A connect() as far as its entry; returns its time. */
static uint64_t connects(struct world *w)
{
	union record r =
		call_of(CALL_connect, (struct rec_call){ .h.flags = CALL_ENTERED, .sk = SK(1), .args = { 3, 0, 16 } });

	record_addr(&r, inet(80));
	return feed(w, r);
}

static void returns(struct world *w, uint64_t at, int err, __u8 kstate)
{
	DID(w, connect, .sk = SK(1), .args = { 3, 0, 16 }, .ret = -err, .dur = at,
	    TCP(kstate, | VIEW_BOUND | VIEW_PEER));
}

static void connected(struct world *w)
{
	tcp(w, 3, 1);
	returns(w, connects(w), 0, TCP_ESTABLISHED);
}

static void assert_state(const struct life *l, size_t i, enum state state, int64_t cause, const char *fact)
{
	assert_true(i < l->state_count);
	assert_int_equal(l->states[i].state, state);
	assert_int_equal(l->states[i].cause, cause);
	if (fact)
		assert_string_equal(l->states[i].fact, fact);
	else
		assert_null(l->states[i].fact);
}

static void a_blocking_connect_is_done_when_the_kernel_says_so(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at, then;

	tcp(w, 3, 1);
	at = connects(w);
	then = CHANGED(w, 1, SYN_SENT, ESTABLISHED) - MONO;
	returns(w, at, 0, TCP_ESTABLISHED);
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
	assert_state(l, 2, STATE_CONNECTED, event_last(w)->id, NULL);
	assert_int_equal(l->states[2].from, then);
	assert_int_equal(l->attempts[0].to, then);
	assert_int_equal(l->attempts[0].outcome, ATTEMPT_CONNECTED);
	assert_int_equal(l->attempts[0].learned, LEARNED_RETURN);
	assert_int_equal(l->attempts[0].learned_t, w->now - MONO);
}

static void a_blocking_connect_is_refused_when_the_kernel_says_so(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at, then;

	tcp(w, 3, 1);
	at = connects(w);
	then = CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ECONNREFUSED) - MONO;
	returns(w, at, ECONNREFUSED, TCP_CLOSE);
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING, STATE_FAILED);
	assert_state(l, 2, STATE_FAILED, event_last(w)->id, NULL);
	assert_int_equal(l->attempts[0].to, then);
	assert_int_equal(l->attempts[0].error, ECONNREFUSED);
	assert_int_equal(l->attempts[0].learned, LEARNED_RETURN);
}

/* Whether that was in time for it is chance. */
static void a_nonblocking_connect_is_not_what_connected(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at, then;

	tcp(w, 3, 1);
	at = connects(w);
	then = CHANGED(w, 1, SYN_SENT, ESTABLISHED, .h.tid = 1, .at = at) - MONO;
	returns(w, at, EINPROGRESS, TCP_ESTABLISHED);
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
	assert_state(l, 1, STATE_CONNECTING, event_last(w)->id, NULL);
	assert_state(l, 2, STATE_CONNECTED, 0, "TCP_ESTABLISHED");
	assert_int_equal(l->states[2].from, then);
	assert_int_equal(l->attempts[0].to, then);
	assert_int_equal(l->attempts[0].learned, LEARNED_NOT);
}

static void a_nonblocking_connect_is_not_what_was_refused(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = connects(w);
	CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ECONNREFUSED);
	returns(w, at, EINPROGRESS, TCP_CLOSE);
	assert_state(life_of(w, 1), 2, STATE_FAILED, 0, "ECONNREFUSED");
	assert_int_equal(life_of(w, 1)->attempts[0].learned, LEARNED_NOT);
}

static void after_a_connect_has_returned_the_kernel_is_the_cause(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	returns(w, connects(w), EINPROGRESS, TCP_SYN_SENT);
	CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ETIMEDOUT);
	assert_state(life_of(w, 1), 2, STATE_FAILED, 0, "ETIMEDOUT");
	assert_int_equal(life_of(w, 1)->attempts[0].to, w->now - MONO);
	assert_int_equal(life_of(w, 1)->attempts[0].outcome, ATTEMPT_ERROR);
	assert_int_equal(life_of(w, 1)->attempts[0].error, ETIMEDOUT);
}

/* A program's own disconnect of a connecting socket: tcp_disconnect() has no error yet. */
static void a_program_that_gives_up_is_told_of_by_its_call(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	returns(w, connects(w), EINPROGRESS, TCP_SYN_SENT);
	at = w->now + 1;
	CHANGED(w, 1, SYN_SENT, CLOSE, .h.tid = 1, .at = at);
	DID(w, shutdown, .sk = SK(1), .args = { 3, SHUT_RDWR }, .dur = at, TCP(TCP_CLOSE, ));
	assert_state(life_of(w, 1), 2, STATE_FAILED, event_last(w)->id, NULL);
	assert_int_equal(life_of(w, 1)->states[2].from, w->now - MONO);
	assert_int_equal(life_of(w, 1)->attempts[0].outcome, ATTEMPT_OPEN);
}

static void the_peers_end_is_told_by_the_kernel(void **state)
{
	struct world *w = *state;
	uint64_t then;

	connected(w);
	then = TOLD(w, STATE, SK(1), PEER_FIN) - MONO;
	DID(w, read, .sk = SK(1), .args = { 3, 0, 9 }, TCP(TCP_CLOSE_WAIT, , .shutdown = 1));
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED, STATE_HALF_CLOSED_REMOTE);
	assert_state(life_of(w, 1), 3, STATE_HALF_CLOSED_REMOTE, 0, "TCP_CLOSE_WAIT");
	assert_int_equal(life_of(w, 1)->states[3].from, then);
}

/* What came while a call had the socket locked is handled by its thread. */
static void the_peers_end_is_the_kernels_in_any_thread(void **state)
{
	struct world *w = *state;
	uint64_t at;

	connected(w);
	at = w->now + 1;
	TOLD(w, STATE, SK(1), PEER_FIN, .h.tid = 1, .at = at);
	DID(w, read, .sk = SK(1), .ret = 1, .args = { 3, 0, 1 }, .dur = at, TCP(TCP_CLOSE_WAIT, , .shutdown = 1));
	assert_state(life_of(w, 1), 3, STATE_HALF_CLOSED_REMOTE, 0, "TCP_CLOSE_WAIT");
}

static void a_reset_is_told_by_its_error(void **state)
{
	struct world *w = *state;

	connected(w);
	CHANGED(w, 1, ESTABLISHED, CLOSE, .extra = ECONNRESET);
	assert_state(life_of(w, 1), 3, STATE_DISCONNECTED, 0, "ECONNRESET");
}

/* shutdown(), and the other end's answer before it has returned. */
static void what_a_call_ends_it_is_the_cause_of(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at, then;

	connected(w);
	at = w->now + 1;
	then = CHANGED(w, 1, ESTABLISHED, FIN_WAIT1, .h.tid = 1, .at = at) - MONO;
	CHANGED(w, 1, FIN_WAIT1, FIN_WAIT2);
	CHANGED(w, 1, FIN_WAIT2, CLOSE);
	DID(w, shutdown, .sk = SK(1), .args = { 3, SHUT_WR }, .dur = at, TCP(TCP_CLOSE, , .shutdown = 3));
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED, STATE_HALF_CLOSED_LOCAL, STATE_DISCONNECTED);
	assert_state(l, 3, STATE_HALF_CLOSED_LOCAL, event_last(w)->id, NULL);
	assert_int_equal(l->states[3].from, then);
	assert_state(l, 4, STATE_DISCONNECTED, 0, "TCP_CLOSE");
}

/* From a state that the peer's end leaves as well. */
static void a_disconnect_of_the_programs_own_is_told_by_its_call(void **state)
{
	struct world *w = *state;
	union record r = call_of(CALL_connect, (struct rec_call){ .sk = SK(1), .args = { 3, 0, 16 } });

	connected(w);
	DID(w, shutdown, .sk = SK(1), .args = { 3, SHUT_WR }, TCP(TCP_FIN_WAIT2, , .shutdown = 2));
	record_addr(&r, (struct address){ .len = 16 }); /* AF_UNSPEC */
	r.h.flags = CALL_ENTERED;
	r.call.dur = feed(w, r);
	CHANGED(w, 1, FIN_WAIT2, CLOSE, .h.tid = 1, .at = r.call.dur);
	r.h.flags = 0;
	r.call.kstate = TCP_CLOSE;
	r.call.view = VIEW_VALID;
	feed(w, r);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED, STATE_HALF_CLOSED_LOCAL,
		   STATE_CREATED);
}

static void a_send_that_connects_is_the_cause(void **state) /* Fast Open, tcp(7) */
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	CHANGED(w, 1, CLOSE, SYN_SENT, .h.tid = 1, .at = at);
	DID(w, sendto, .sk = SK(1), .args = { 3 }, .ret = -EINPROGRESS, .dur = at, TCP(TCP_SYN_SENT, ));
	CHANGED(w, 1, SYN_SENT, ESTABLISHED);
	assert_state(life_of(w, 1), 1, STATE_CONNECTING, event_last(w)->id, NULL);
	assert_state(life_of(w, 1), 2, STATE_CONNECTED, 0, "TCP_ESTABLISHED");
}

/* inet_csk_listen_start() listens first, and then finds the port taken. */
static void a_listen_that_fails_never_listened(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	CHANGED(w, 1, CLOSE, LISTEN, .h.tid = 1, .at = at);
	CHANGED(w, 1, LISTEN, CLOSE, .h.tid = 1, .at = at);
	DID(w, listen, .sk = SK(1), .args = { 3, 1 }, .ret = -EADDRINUSE, .dur = at, TCP(TCP_CLOSE, ));
	STATES_ARE(life_of(w, 1), STATE_CREATED);
}

static void a_listener_that_a_stranger_shuts_down_is_none(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	CHANGED(w, 1, LISTEN, CLOSE);
	assert_state(life_of(w, 1), 2, STATE_BOUND, 0, "TCP_CLOSE");
}

static void after_the_close_nothing_changes(void **state)
{
	struct world *w = *state;
	uint64_t at;

	connected(w);
	at = ENTER(w, close, .sk = SK(1), .args = { 3 });
	CHANGED(w, 1, ESTABLISHED, FIN_WAIT1, .h.tid = 1, .at = at);
	DID(w, close, .sk = SK(1), .args = { 3 }, .dur = at);
	CHANGED(w, 1, FIN_WAIT1, FIN_WAIT2);
	CHANGED(w, 1, FIN_WAIT2, CLOSE);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED, STATE_CLOSED);
}

/* The tracepoint is before the change: a call on another CPU can look in between. */
static void a_view_of_the_state_that_was_left_is_old(void **state)
{
	struct world *w = *state;

	connected(w);
	TOLD(w, STATE, SK(1), PEER_FIN);
	DID(w, read, .sk = SK(1), .ret = 1, .args = { 3, 0, 1 }, TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER));
	DID(w, read, .sk = SK(1), .args = { 3, 0, 1 }, TCP(TCP_CLOSE_WAIT, | VIEW_BOUND | VIEW_PEER, .shutdown = 1));
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED, STATE_HALF_CLOSED_REMOTE);
}

static void once_the_new_state_was_seen_the_one_before_may_come_again(void **state)
{
	struct world *w = *state;

	connected(w);
	TOLD(w, STATE, SK(1), PEER_FIN);
	DID(w, read, .sk = SK(1), .args = { 3, 0, 1 }, TCP(TCP_CLOSE_WAIT, , .shutdown = 1));
	DID(w, write, .sk = SK(1), .ret = 1, .args = { 3, 0, 1 }, TCP(TCP_ESTABLISHED, )); /* what was told is lost */
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED, STATE_HALF_CLOSED_REMOTE,
		   STATE_CONNECTED);
}

static void what_listened_may_listen_again(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, ));
	CHANGED(w, 1, LISTEN, CLOSE);
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, ));
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_LISTENING, STATE_CREATED, STATE_LISTENING);
}

static void facts_of_what_is_not_known_are_nobodys(void **state)
{
	struct world *w = *state;

	CHANGED(w, 1, ESTABLISHED, CLOSE_WAIT);
	for (int fact = 0; fact < FACT_KINDS; fact++)
		feed(w, record_fact(fact, SK(1), 1));
	finish(w);
	assert_int_equal(w->life_count, 0);
	assert_int_equal(w->trouble_count, 0);
}

static void states_that_there_are_not_change_nothing(void **state)
{
	struct world *w = *state;

	connected(w);
	for (int value = 0; value < 0x10000; value += 0xff)
		if (!(value & 0xff) || (value & 0xff) > TCP_CLOSING || value >> 8 > TCP_CLOSING)
			TOLD(w, STATE, SK(1), .value = value, .extra = 9999);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
}

static void only_tcp_sockets_have_these_states(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	CHANGED(w, 1, CLOSE, ESTABLISHED);
	STATES_ARE(life_of(w, 1), STATE_CREATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_blocking_connect_is_done_when_the_kernel_says_so),
		WORLD_TEST(a_blocking_connect_is_refused_when_the_kernel_says_so),
		WORLD_TEST(a_nonblocking_connect_is_not_what_connected),
		WORLD_TEST(a_nonblocking_connect_is_not_what_was_refused),
		WORLD_TEST(after_a_connect_has_returned_the_kernel_is_the_cause),
		WORLD_TEST(a_program_that_gives_up_is_told_of_by_its_call),
		WORLD_TEST(the_peers_end_is_told_by_the_kernel),
		WORLD_TEST(the_peers_end_is_the_kernels_in_any_thread),
		WORLD_TEST(a_reset_is_told_by_its_error),
		WORLD_TEST(what_a_call_ends_it_is_the_cause_of),
		WORLD_TEST(a_disconnect_of_the_programs_own_is_told_by_its_call),
		WORLD_TEST(a_send_that_connects_is_the_cause),
		WORLD_TEST(a_listen_that_fails_never_listened),
		WORLD_TEST(a_listener_that_a_stranger_shuts_down_is_none),
		WORLD_TEST(after_the_close_nothing_changes),
		WORLD_TEST(a_view_of_the_state_that_was_left_is_old),
		WORLD_TEST(once_the_new_state_was_seen_the_one_before_may_come_again),
		WORLD_TEST(what_listened_may_listen_again),
		WORLD_TEST(facts_of_what_is_not_known_are_nobodys),
		WORLD_TEST(states_that_there_are_not_change_nothing),
		WORLD_TEST(only_tcp_sockets_have_these_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
