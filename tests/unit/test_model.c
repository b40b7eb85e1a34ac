/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model*.c: states and what caused them, peers, backlog, notes, memory. test_model_*.c have the rest.
 */
#include "world.h"

static void a_socket_told_of_again_is_the_same(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	close_of(w, 3, 1);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CLOSED);
}

static void states_have_their_calls_as_causes(void **state)
{
	struct world *w = *state;
	const struct life *l;

	tcp(w, 3, 1);
	DID(w, bind, .sk = SK(1), .args = { 3 }, TCP(TCP_CLOSE, | VIEW_BOUND));
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	DID(w, getsockname, .sk = SK(1), .args = { 3 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	close_of(w, 3, 1);
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_BOUND, STATE_LISTENING, STATE_CLOSED);
	assert_int_equal(l->states[0].cause, w->events[0].id);
	assert_int_equal(l->states[1].cause, w->events[1].id);
	assert_int_equal(l->states[2].cause, w->events[2].id);
	assert_int_equal(l->states[3].cause, w->events[4].id);
	assert_int_equal(l->states[3].to, OPEN);
	assert_int_equal(l->role, ROLE_PASSIVE);
	assert_int_equal(w->events[1].t, l->states[1].from - 5);
	assert_int_equal(w->events[1].dur, 5);
}

static void an_accepted_socket_knows_its_listener(void **state)
{
	struct world *w = *state;
	const struct life *l;

	tcp(w, 3, 1);
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	feed(w, record_name((struct rec_name){ .sk = SK(2), TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER) }, inet(80),
			    inet(4000)));
	DID(w, accept4, .sk = SK(1), .sk2 = SK(2), .ret = 4, .args = { 3, 0, 0, SOCK_CLOEXEC | SOCK_NONBLOCK },
	    TCP(TCP_LISTEN, | VIEW_BOUND));
	l = life_of(w, 2);
	STATES_ARE(l, STATE_CONNECTED);
	assert_int_equal(l->states[0].cause, event_last(w)->id);
	assert_int_equal(event_last(w)->socket, life_of(w, 1)->id);
	assert_int_equal(l->listener, life_of(w, 1)->id);
	assert_int_equal(l->origin, ORIGIN_ACCEPT);
	assert_int_equal(l->flags, SOCK_CLOEXEC | SOCK_NONBLOCK);
	assert_int_equal(address_port(&l->peer), 4000);
	assert_descriptor(l, 0, 1, 4, HOW_ACCEPT, BY_OPEN);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_LISTENING);
}

static void a_pair_is_connected_from_birth(void **state)
{
	struct world *w = *state;
	const int fds[2] = { 5, 6 };
	union record r = call_of(CALL_socketpair,
				 (struct rec_call){ .sk = SK(1), .sk2 = SK(2), .args = { AF_UNIX, SOCK_STREAM } });

	feed(w, record_sock(SK(1), 1, AF_UNIX, SOCK_STREAM));
	feed(w, record_sock(SK(2), 2, AF_UNIX, SOCK_STREAM));
	record_data(&r, DATA_PAIR, fds, sizeof(fds), "", 0);
	feed(w, r);
	STATES_ARE(life_of(w, 1), STATE_CONNECTED);
	assert_int_equal(life_of(w, 1)->peer_socket, life_of(w, 2)->id);
	assert_int_equal(life_of(w, 2)->peer_socket, life_of(w, 1)->id);
	assert_descriptor(life_of(w, 2), 0, 1, 6, HOW_SOCKETPAIR, BY_OPEN);
}

static void a_failed_socket_call_is_an_event_without_a_socket(void **state)
{
	struct world *w = *state;

	DID(w, socket, .ret = -EAFNOSUPPORT, .args = { 99, SOCK_STREAM });
	finish(w);
	assert_int_equal(w->event_count, 1);
	assert_int_equal(w->events[0].socket, 0);
	assert_int_equal(w->life_count, 0);
}

static void a_call_that_the_rules_do_not_know_is_noted(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, accept, .sk = SK(1), .ret = 9, .args = { 3 }); /* on what does not listen, and it succeeds */
	assert_non_null(event_last(w)->note);
	STATES_ARE(life_of(w, 1), STATE_CREATED);
}

static void a_call_blocked_at_the_end_has_no_duration(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	DID(w, accept, .h.flags = CALL_OPEN, .sk = SK(1), .args = { 3 }, .dur = w->now, TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_int_equal(event_last(w)->dur, OPEN);
	assert_int_equal(event_last(w)->t, w->now - MONO - 10);
	assert_int_equal(event_last(w)->socket, life_of(w, 1)->id);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_LISTENING);
}

static void a_call_that_returns_after_the_last_close_holds_the_socket(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	at = w->now;
	close_of(w, 3, 1);
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	DID(w, accept, .h.tid = 2, .h.flags = CALL_NO_FILE, .sk = SK(1), .sk2 = SK(2), .ret = 3, .args = { 3 },
	    .dur = at);
	assert_non_null(event_last(w)->note);
	assert_int_equal(event_last(w)->socket, life_of(w, 1)->id);
	assert_true(life_of(w, 1)->held);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_LISTENING, STATE_CLOSED);
	assert_int_equal(life_of(w, 2)->listener, life_of(w, 1)->id);
	assert_false(life_of(w, 2)->held);
}

static void a_call_that_returns_long_after_the_last_close_makes_no_socket(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	close_of(w, 3, 1);
	for (int n = 2; n < 1000; n++) {
		tcp(w, 3, n);
		close_of(w, 3, n);
	}
	DID(w, recvfrom, .h.tid = 2, .h.flags = CALL_NO_FILE, .sk = SK(1), .args = { 3 }, .ret = -EBADF);
	assert_int_equal(event_last(w)->socket, 0);
	finish(w);
	assert_int_equal(w->life_count, 999);
}

static void a_socket_whose_making_was_not_seen_starts_as_the_kernel_says(void **state)
{
	struct world *w = *state;
	const struct life *l;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	DID(w, read, .sk = SK(1), .ret = 5, .args = { 7, 0, 9 }, TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER));
	l = life_of(w, 1);
	assert_int_equal(l->origin, ORIGIN_SNAPSHOT);
	assert_int_equal(l->created, OPEN);
	STATES_ARE(l, STATE_CONNECTED);
	assert_int_equal(l->states[0].from, OPEN);
	assert_int_equal(l->states[0].cause, 0);
	assert_string_equal(l->states[0].fact, "snapshot");
	assert_descriptor(l, 0, 1, 7, HOW_SNAPSHOT, BY_OPEN);
	assert_int_equal(l->descriptors[0].from, OPEN);
	assert_int_equal(l->received, 5);
	assert_false(l->uncertain);
}

static void peers_of_a_datagram_socket_change_and_dissolve(void **state)
{
	struct world *w = *state;
	const struct life *l;
	const struct rec_name name = { .sk = SK(1), TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER) };

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	feed(w, record_name(name, inet(9), inet(1)));
	feed(w, record_name(name, inet(9), inet(1))); /* nothing new */
	feed(w, record_name(name, inet(9), inet(2)));
	feed(w, record_name((struct rec_name){ .sk = SK(1), TCP(TCP_CLOSE, ) }, NONE, NONE));
	l = life_of(w, 1);
	assert_int_equal(l->peer_count, 2);
	assert_int_equal(address_port(&l->peers[0].peer), 1);
	assert_int_equal(l->peers[0].to, l->peers[1].from);
	assert_int_equal(l->peers[1].to, w->now - MONO);
	assert_int_equal(address_port(&l->peer), 2); /* the last known */
	assert_int_equal(address_port(&l->local), 9);
}

static void the_backlog_is_the_last_listens(void **state)
{
	struct world *w = *state;
	struct rec_name name = { .sk = SK(1), .backlog = 128, TCP(TCP_LISTEN, | VIEW_BOUND) };

	tcp(w, 3, 1);
	feed(w, record_name(name, inet(9), NONE));
	DID(w, listen, .sk = SK(1), .args = { 3, 500 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_int_equal(event_last(w)->backlog_effective, 128);
	name.backlog = 5;
	feed(w, record_name(name, inet(9), NONE));
	DID(w, listen, .sk = SK(1), .args = { 3, 5 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	DID(w, listen, .sk = SK(1), .args = { 3, 7 }, .ret = -EACCES, TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_int_equal(event_last(w)->backlog_effective, -1);
	assert_true(life_of(w, 1)->listened);
	assert_int_equal(life_of(w, 1)->backlog_asked, 5);
	assert_int_equal(life_of(w, 1)->backlog_effective, 5);
}

static void an_error_that_the_state_explains_is_noted(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, bind, .sk = SK(1), .args = { 3 }, TCP(TCP_CLOSE, | VIEW_BOUND));
	DID(w, accept, .sk = SK(1), .args = { 3 }, .ret = -EINVAL, TCP(TCP_CLOSE, | VIEW_BOUND));
	assert_string_equal(event_last(w)->note, "not allowed: the socket is not listening");
	DID(w, bind, .sk = SK(1), .args = { 3 }, .ret = -EINVAL, TCP(TCP_CLOSE, | VIEW_BOUND));
	assert_string_equal(event_last(w)->note, "not allowed: the socket is bound");
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_null(event_last(w)->note);
	connect_of(w, 1, EISCONN, TCP_LISTEN);
	assert_string_equal(event_last(w)->note, "not allowed: the socket is listening");
	DID(w, getpeername, .sk = SK(1), .args = { 3 }, .ret = -ENOTCONN, TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_null(event_last(w)->note); /* an answer */
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_BOUND, STATE_LISTENING);
}

/* It is the state that the call found which explains it, not the one that it leaves. */
static void a_send_that_finds_the_connection_gone_is_not_refused(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	DID(w, write, .sk = SK(1), .args = { 3 }, .ret = -EPIPE, TCP(TCP_CLOSE, ));
	assert_null(event_last(w)->note);
	DID(w, write, .sk = SK(1), .args = { 3 }, .ret = -EPIPE, TCP(TCP_CLOSE, ));
	assert_string_equal(event_last(w)->note, "not allowed: the socket is disconnected");
}

static void a_call_that_fails_still_points_at_its_socket(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, bind, .sk = SK(1), .args = { 3 }, .ret = -EADDRINUSE, TCP(TCP_CLOSE, ));
	assert_int_equal(event_last(w)->socket, life_of(w, 1)->id);
	assert_null(event_last(w)->note);
	DID(w, bind, .args = { 9 }, .ret = -EBADF);
	assert_int_equal(event_last(w)->socket, 0);
}

static void unix_ends_find_each_other(void **state)
{
	struct world *w = *state;
	struct address unnamed = { .len = 2, .bytes = { AF_UNIX } };
	struct rec_name name = { .sk = SK(2), .peer_sk = SK(3), TCP(TCP_ESTABLISHED, | VIEW_PEER) };

	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM); /* lingers at the address that the queued end will have */
	close_of(w, 3, 1);
	socket_of(w, 3, 2, AF_UNIX, SOCK_STREAM);
	name.peer_sk = SK(1);
	feed(w, record_name(name, NONE, unnamed));
	feed(w, record_sock(SK(1), 4, AF_UNIX, SOCK_STREAM)); /* accepted */
	name.sk = SK(1);
	name.peer_sk = SK(2);
	feed(w, record_name(name, NONE, unnamed));
	DID(w, accept, .sk2 = SK(1), .ret = 9, .args = { 8 });
	assert_int_equal(life_of(w, 1)->peer_socket, 0);
	assert_int_equal(life_of(w, 2)->peer_socket, life_of(w, 4)->id);
	assert_int_equal(life_of(w, 4)->peer_socket, life_of(w, 2)->id);
}

static void a_peer_that_closed_in_the_queue_is_still_the_peer(void **state)
{
	struct world *w = *state;
	struct address unnamed = { .len = 2, .bytes = { AF_UNIX } };
	struct rec_name name = { .sk = SK(1), .peer_sk = SK(2), TCP(TCP_ESTABLISHED, | VIEW_PEER) };

	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM);
	feed(w, record_name(name, NONE, unnamed));
	close_of(w, 3, 1);
	feed(w, record_sock(SK(2), 2, AF_UNIX, SOCK_STREAM));
	name.sk = SK(2);
	name.peer_sk = SK(1);
	feed(w, record_name(name, NONE, unnamed));
	DID(w, accept, .sk2 = SK(2), .ret = 9, .args = { 8 });
	assert_int_equal(life_of(w, 2)->peer_socket, life_of(w, 1)->id);
}

static int stop(void *arg, const struct event *event)
{
	(void)arg;
	(void)event;
	return -EPIPE;
}

static void what_the_sink_returns_stops_the_model(void **state)
{
	const struct sink sink = { .event = stop };
	struct model *m = model_new(MONO, &sink);
	union record r = call_of(CALL_socket, (struct rec_call){ .ret = -EMFILE });

	(void)state;
	assert_non_null(m);
	assert_int_equal(model_record(m, &r.h), -EPIPE);
	assert_int_equal(model_finish(m, MONO), -EPIPE);
	model_free(m);
}

static void times_before_the_trace_are_its_start(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, read, .sk = SK(1), .ret = 1, .args = { 3, 0, 1 }, .dur = 1);
	assert_int_equal(event_last(w)->t, 0);
}

static void memory_follows_what_is_alive(void **state)
{
	struct world *w = *state;
	const int all = 100000, few = 1000;

	for (int n = 1; n <= all; n++) {
		tcp(w, 3, n);
		close_of(w, 3, n);
		assert_true(w->life_count + few >= (size_t)n);
	}
	assert_true(w->life_count < (size_t)all); /* some linger for calls that return late */
	finish(w);
	assert_int_equal(w->life_count, all);
	for (int n = 1; n <= all; n++)
		assert_int_equal(w->lives[n - 1].inode, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_socket_told_of_again_is_the_same),
		WORLD_TEST(states_have_their_calls_as_causes),
		WORLD_TEST(an_accepted_socket_knows_its_listener),
		WORLD_TEST(a_pair_is_connected_from_birth),
		WORLD_TEST(a_failed_socket_call_is_an_event_without_a_socket),
		WORLD_TEST(a_call_that_the_rules_do_not_know_is_noted),
		WORLD_TEST(a_call_blocked_at_the_end_has_no_duration),
		WORLD_TEST(a_call_that_returns_after_the_last_close_holds_the_socket),
		WORLD_TEST(a_call_that_returns_long_after_the_last_close_makes_no_socket),
		WORLD_TEST(a_socket_whose_making_was_not_seen_starts_as_the_kernel_says),
		WORLD_TEST(peers_of_a_datagram_socket_change_and_dissolve),
		WORLD_TEST(the_backlog_is_the_last_listens),
		WORLD_TEST(an_error_that_the_state_explains_is_noted),
		WORLD_TEST(a_send_that_finds_the_connection_gone_is_not_refused),
		WORLD_TEST(a_call_that_fails_still_points_at_its_socket),
		WORLD_TEST(unix_ends_find_each_other),
		WORLD_TEST(a_peer_that_closed_in_the_queue_is_still_the_peer),
		WORLD_TEST(what_the_sink_returns_stops_the_model),
		WORLD_TEST(times_before_the_trace_are_its_start),
		WORLD_TEST(memory_follows_what_is_alive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
