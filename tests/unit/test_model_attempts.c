/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model*.c: a connect() as one attempt with three times: its return, what became of it, when the program learned.
 */
#include <poll.h>
#include <signal.h>

#include "world.h"

static const struct attempt *attempt_of(struct world *w, size_t i, size_t count)
{
	const struct life *l = life_of(w, 1);

	assert_int_equal(l->attempt_count, count);
	assert_int_equal(address_port(&l->attempts[i].peer), 80);
	return &l->attempts[i];
}

static void assert_attempt(const struct attempt *a, int returned, int outcome, int error, enum learned how)
{
	assert_int_equal(a->did_return, true);
	assert_int_equal(a->returned, returned);
	assert_int_equal(a->outcome, outcome);
	assert_int_equal(a->error, error);
	assert_int_equal(a->learned, how);
	assert_int_equal(a->learned_t == OPEN, how == LEARNED_NOT);
	assert_int_equal(a->to == OPEN, outcome == ATTEMPT_OPEN);
}

static void so_error(struct world *w, int error, __u8 kstate)
{
	union record r = call_of(
		CALL_getsockopt,
		(struct rec_call){ .sk = SK(1), .args = { 3, SOL_SOCKET, SO_ERROR }, TCP(kstate, | VIEW_BOUND) });

	record_opt(&r, error);
	feed(w, r);
}

static void one_that_succeeds(void **state)
{
	struct world *w = *state;
	const struct attempt *a;

	tcp(w, 3, 1);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	a = attempt_of(w, 0, 1);
	assert_attempt(a, 0, ATTEMPT_CONNECTED, 0, LEARNED_RETURN);
	assert_int_equal(a->from, event_last(w)->t);
	assert_int_equal(a->to, event_last(w)->t + event_last(w)->dur);
	assert_int_equal(a->learned_t, a->to);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
	assert_int_equal(life_of(w, 1)->states[1].cause, event_last(w)->id);
	assert_int_equal(life_of(w, 1)->states[1].from, a->from);
	assert_int_equal(life_of(w, 1)->states[2].cause, event_last(w)->id);
	assert_int_equal(life_of(w, 1)->role, ROLE_ACTIVE);
}

static void after_one_that_blocked_and_failed_the_next_starts_anew(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, ECONNREFUSED, TCP_CLOSE);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	assert_attempt(attempt_of(w, 0, 2), ECONNREFUSED, ATTEMPT_ERROR, ECONNREFUSED, LEARNED_RETURN);
	assert_attempt(attempt_of(w, 1, 2), 0, ATTEMPT_CONNECTED, 0, LEARNED_RETURN);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_FAILED, STATE_CONNECTING, STATE_CONNECTED);
}

static void so_error_tells_of_a_success(void **state)
{
	struct world *w = *state;
	const struct attempt *a;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	so_error(w, 0, TCP_SYN_SENT);
	so_error(w, 0, TCP_ESTABLISHED);
	a = attempt_of(w, 0, 1);
	assert_attempt(a, EINPROGRESS, ATTEMPT_CONNECTED, 0, LEARNED_SO_ERROR);
	assert_int_equal(a->learned_t, w->now - MONO);
}

static void the_kernel_may_be_done_before_a_nonblocking_one_returns(void **state)
{
	struct world *w = *state;
	const struct attempt *a;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_ESTABLISHED);
	DID(w, getsockname, .sk = SK(1), .args = { 3 }, TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER));
	so_error(w, 0, TCP_ESTABLISHED);
	a = attempt_of(w, 0, 1);
	assert_attempt(a, EINPROGRESS, ATTEMPT_CONNECTED, 0, LEARNED_SO_ERROR);
	assert_int_equal(a->to, w->events[1].t + w->events[1].dur);
	assert_int_equal(a->learned_t, w->now - MONO);
}

static void so_error_tells_of_a_failure(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_CLOSE); /* refused before it returned */
	so_error(w, ECONNREFUSED, TCP_CLOSE);
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_ERROR, ECONNREFUSED, LEARNED_SO_ERROR);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_FAILED);
}

static void after_so_error_one_connect_reports_and_the_next_starts_anew(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	so_error(w, ECONNREFUSED, TCP_CLOSE);
	connect_of(w, 1, ECONNABORTED, TCP_CLOSE);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	assert_attempt(attempt_of(w, 0, 2), EINPROGRESS, ATTEMPT_ERROR, ECONNREFUSED, LEARNED_SO_ERROR);
	assert_attempt(attempt_of(w, 1, 2), EINPROGRESS, ATTEMPT_OPEN, 0, LEARNED_NOT);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_FAILED, STATE_CONNECTING);
}

static void a_second_connect_tells_of_the_first(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	connect_of(w, 1, EALREADY, TCP_SYN_SENT);
	connect_of(w, 1, ECONNREFUSED, TCP_CLOSE);
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_ERROR, ECONNREFUSED, LEARNED_CONNECT);
}

static void a_second_connect_tells_of_a_failure_that_was_seen_before(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	DID(w, getsockname, .sk = SK(1), .args = { 3 }, TCP(TCP_CLOSE, ));
	connect_of(w, 1, ECONNREFUSED, TCP_CLOSE);
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_ERROR, ECONNREFUSED, LEARNED_CONNECT);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_FAILED);
}

static void eisconn_tells_of_a_success(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	connect_of(w, 1, EISCONN, TCP_CLOSE_WAIT); /* and the peer has closed already */
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_CONNECTED, 0, LEARNED_CONNECT);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_HALF_CLOSED_REMOTE);
}

static void one_that_is_interrupted_goes_on(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, 512, TCP_SYN_SENT);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	assert_attempt(attempt_of(w, 0, 1), 512, ATTEMPT_CONNECTED, 0, LEARNED_CONNECT);
}

static void io_tells(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	DID(w, write, .sk = SK(1), .args = { 3, 0, 1 }, .ret = -EAGAIN, TCP(TCP_SYN_SENT, ));
	DID(w, write, .sk = SK(1), .args = { 3, 0, 1 }, .ret = 1, TCP(TCP_ESTABLISHED, ));
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_CONNECTED, 0, LEARNED_IO);
}

static void io_tells_of_a_failure(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	DID(w, read, .sk = SK(1), .args = { 3, 0, 1 }, .ret = -ETIMEDOUT, TCP(TCP_CLOSE, ));
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_ERROR, ETIMEDOUT, LEARNED_IO);
}

static void poll_tells_of_a_success(void **state)
{
	struct world *w = *state;
	uint64_t then;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	then = CHANGED(w, 1, SYN_SENT, ESTABLISHED) - MONO;
	TOLD(w, POLLED, SK(1), .h.tid = 1, .at = w->now, .value = POLLOUT);
	so_error(w, 0, TCP_ESTABLISHED);
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_CONNECTED, 0, LEARNED_POLL);
	assert_int_equal(attempt_of(w, 0, 1)->to, then);
	assert_int_equal(attempt_of(w, 0, 1)->learned_t, w->now - 10 - MONO);
}

static void poll_tells_of_a_failure(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ECONNREFUSED);
	TOLD(w, POLLED, SK(1), .h.tid = 1, .at = w->now, .value = POLLOUT | POLLERR | POLLHUP);
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_ERROR, ECONNREFUSED, LEARNED_POLL);
}

static void poll_does_not_tell_what_the_kernel_did_not(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	TOLD(w, POLLED, SK(1), .h.tid = 1, .at = w->now, .value = POLLERR | POLLHUP);
	so_error(w, ETIMEDOUT, TCP_CLOSE);
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_ERROR, ETIMEDOUT, LEARNED_SO_ERROR);
}

static void a_return_for_a_signal_does_not_tell(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINTR, TCP_SYN_SENT);
	CHANGED(w, 1, SYN_SENT, ESTABLISHED);
	connect_of(w, 1, EINTR, TCP_ESTABLISHED);
	connect_of(w, 1, EISCONN, TCP_ESTABLISHED);
	assert_attempt(attempt_of(w, 0, 1), EINTR, ATTEMPT_CONNECTED, 0, LEARNED_CONNECT);
	assert_int_equal(attempt_of(w, 0, 1)->learned_t, w->now - MONO);
}

static void a_return_for_a_signal_does_not_tell_of_a_failure(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ECONNREFUSED);
	connect_of(w, 1, EINTR, TCP_CLOSE);
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_ERROR, ECONNREFUSED, LEARNED_NOT);
}

/* unix_stream_connect() gives up. */
static void a_unix_one_that_is_interrupted_is_over(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM);
	connect_of(w, 1, EINTR, TCP_CLOSE);
	assert_attempt(attempt_of(w, 0, 1), EINTR, ATTEMPT_INTERRUPTED, 0, LEARNED_RETURN);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_FAILED);
	assert_int_equal(life_of(w, 1)->states[2].cause, event_last(w)->id);
}

static void a_program_that_closes_after_a_signal_interrupted_it(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINTR, TCP_SYN_SENT);
	close_of(w, 3, 1);
	assert_attempt(attempt_of(w, 0, 1), EINTR, ATTEMPT_INTERRUPTED, 0, LEARNED_NOT);
}

static void a_program_that_is_killed_abandoned_it(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, 512, TCP_SYN_SENT); /* ERESTARTSYS */
	feed(w, record_exit(1, 1, 0, SIGKILL));
	assert_attempt(attempt_of(w, 0, 1), 512, ATTEMPT_ABANDONED, 0, LEARNED_NOT);
}

static void what_had_become_of_it_before_the_close_stays(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ECONNREFUSED);
	close_of(w, 3, 1);
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_ERROR, ECONNREFUSED, LEARNED_NOT);
}

static void close_abandons_one(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	close_of(w, 3, 1);
	assert_attempt(attempt_of(w, 0, 1), EINPROGRESS, ATTEMPT_ABANDONED, 0, LEARNED_NOT);
	assert_int_equal(attempt_of(w, 0, 1)->to, life_of(w, 1)->closed);
}

static void af_unspec_abandons_one(void **state)
{
	struct world *w = *state;
	const struct address unspec = { .len = 16 };
	union record r =
		call_of(CALL_connect, (struct rec_call){ .sk = SK(1), .args = { 3, 0, 16 }, TCP(TCP_CLOSE, ) });

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	record_addr(&r, unspec);
	feed(w, r);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	assert_attempt(attempt_of(w, 0, 2), EINPROGRESS, ATTEMPT_ABANDONED, 0, LEARNED_NOT);
	assert_attempt(attempt_of(w, 1, 2), 0, ATTEMPT_CONNECTED, 0, LEARNED_RETURN);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
}

static void one_that_never_returns_stays_open(void **state)
{
	struct world *w = *state;
	uint64_t at;
	union record r = call_of(CALL_connect, (struct rec_call){ .sk = SK(1), .args = { 3, 0, 16 } });

	tcp(w, 3, 1);
	record_addr(&r, inet(80));
	r.h.flags = CALL_ENTERED;
	at = feed(w, r);
	DID(w, connect, .h.flags = CALL_OPEN, .sk = SK(1), .args = { 3, 0, 16 }, .dur = at, TCP(TCP_SYN_SENT, ));
	assert_false(attempt_of(w, 0, 1)->did_return);
	assert_int_equal(attempt_of(w, 0, 1)->outcome, ATTEMPT_OPEN);
	assert_int_equal(event_last(w)->dur, OPEN);
	assert_int_equal(life_of(w, 1)->states[1].cause, event_last(w)->id);
}

static void eisconn_on_a_connected_socket_is_none(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	connect_of(w, 1, EISCONN, TCP_ESTABLISHED);
	assert_attempt(attempt_of(w, 0, 1), 0, ATTEMPT_CONNECTED, 0, LEARNED_RETURN);
}

static void a_datagram_socket_has_none(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	assert_int_equal(life_of(w, 1)->attempt_count, 0);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTED);
	assert_int_equal(life_of(w, 1)->role, ROLE_ACTIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(one_that_succeeds),
		WORLD_TEST(after_one_that_blocked_and_failed_the_next_starts_anew),
		WORLD_TEST(so_error_tells_of_a_success),
		WORLD_TEST(the_kernel_may_be_done_before_a_nonblocking_one_returns),
		WORLD_TEST(so_error_tells_of_a_failure),
		WORLD_TEST(after_so_error_one_connect_reports_and_the_next_starts_anew),
		WORLD_TEST(a_second_connect_tells_of_the_first),
		WORLD_TEST(a_second_connect_tells_of_a_failure_that_was_seen_before),
		WORLD_TEST(eisconn_tells_of_a_success),
		WORLD_TEST(one_that_is_interrupted_goes_on),
		WORLD_TEST(io_tells),
		WORLD_TEST(io_tells_of_a_failure),
		WORLD_TEST(poll_tells_of_a_success),
		WORLD_TEST(poll_tells_of_a_failure),
		WORLD_TEST(poll_does_not_tell_what_the_kernel_did_not),
		WORLD_TEST(a_return_for_a_signal_does_not_tell),
		WORLD_TEST(a_return_for_a_signal_does_not_tell_of_a_failure),
		WORLD_TEST(a_unix_one_that_is_interrupted_is_over),
		WORLD_TEST(a_program_that_closes_after_a_signal_interrupted_it),
		WORLD_TEST(a_program_that_is_killed_abandoned_it),
		WORLD_TEST(what_had_become_of_it_before_the_close_stays),
		WORLD_TEST(close_abandons_one),
		WORLD_TEST(af_unspec_abandons_one),
		WORLD_TEST(one_that_never_returns_stays_open),
		WORLD_TEST(eisconn_on_a_connected_socket_is_none),
		WORLD_TEST(a_datagram_socket_has_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
