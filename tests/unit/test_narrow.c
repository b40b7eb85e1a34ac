// SPDX-License-Identifier: GPL-2.0-only
/* Sockets are left out by family, type and port, and nothing names them. */
#include "narrowed.h"

/* Socket 1 listens on port 80, and accepts 2 from port 4000. */
static void accepted(struct world *w)
{
	tcp(w, 3, 1);
	bind_to(w, 3, 1, 80);
	DID(w, listen, .sk = SK(1), .args = { 3, 5 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	named(w, 2, 80, 4000);
	DID(w, accept, .sk = SK(1), .sk2 = SK(2), .args = { 3 }, .ret = 4, TCP(TCP_LISTEN, | VIEW_BOUND));
}

static void an_accepted_socket_has_its_listeners_port(void **state)
{
	struct world *w = world_of(state, LINES("port 80"));

	accepted(w);
	assert_lives(w, 2);
	assert_int_equal(life_of(w, 2)->listener, life_of(w, 1)->id);
}

/* It is asked for by its peer's port, its listener is not: the call that made it is told, as one on it. */
static void a_listener_that_is_left_out_is_not_named(void **state)
{
	struct world *w = world_of(state, LINES("port 4000"));

	accepted(w);
	assert_lives(w, 1);
	assert_int_equal(w->lives[0].inode, 2);
	assert_int_equal(w->lives[0].listener, 0);
	assert_int_equal(w->event_count, 1);
	assert_int_equal(w->lives[0].states[0].cause, w->events[0].id);
	assert_int_equal(w->events[0].socket, w->lives[0].id);
}

/* The copies of a process are its own, and go when nothing needs them. */
static void kinds_are_all_asked_for(void **state)
{
	struct world *w = world_of(state, LINES("family AF_INET", "family AF_INET6", "type SOCK_STREAM", "port 80"));

	tcp(w, 3, 1);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	udp(w, 4, 2); /* another type */
	send_to(w, 4, 2, 80);
	socket_of(w, 5, 3, AF_UNIX, SOCK_STREAM); /* another family */
	socket_of(w, 6, 4, AF_INET6, SOCK_STREAM);
	named(w, 4, 80, 0);
	DID(w, getsockname, .sk = SK(4), .args = { 6 });
	socket_of(w, 7, 5, AF_INET6, SOCK_STREAM); /* another port */
	named(w, 5, 81, 0);
	DID(w, getsockname, .sk = SK(5), .args = { 7 });
	assert_lives(w, 2);
	life_of(w, 1);
	life_of(w, 4);
	assert_int_equal(w->event_count, 4);
}

static void families_and_types_need_no_waiting(void **state)
{
	struct world *w = world_of(state, LINES("family AF_UNIX", "type SOCK_STREAM"));

	tcp(w, 3, 1);
	socket_of(w, 4, 2, AF_UNIX, SOCK_DGRAM);
	assert_string_equal(told, "");
	socket_of(w, 5, 3, AF_UNIX, SOCK_STREAM);
	assert_string_equal(told, "[3 created][socket]");
	assert_lives(w, 1);
}

static void a_line_of_another_kind_is_none(void **state)
{
	struct world *w = world_of(state, LINES("weather fine", "family", "families AF_INET"));

	tcp(w, 3, 1);
	assert_lives(w, 1);
}

static void an_unknown_socket_is_undecided(void **state)
{
	struct world *w = world_of(state, LINES("family AF_INET"));

	DID(w, getsockname, .sk = SK(1), .args = { 3 });
	DID(w, getsockname, .sk = SK(2), .args = { 4 });
	assert_string_equal(told, "");
	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	DID(w, getsockname, .sk = SK(1), .args = { 3 });
	assert_int_equal(w->event_count, 2);
	assert_lives(w, 1);
}

static void a_socket_that_could_not_be_made(void **state)
{
	struct world *w = world_of(state, LINES("family AF_INET", "type SOCK_STREAM"));

	DID(w, socket, .ret = -EMFILE, .args = { AF_INET, SOCK_STREAM | SOCK_CLOEXEC });
	DID(w, socket, .ret = -EMFILE, .args = { AF_INET6, SOCK_STREAM });
	DID(w, socket, .ret = -EMFILE, .args = { AF_INET, SOCK_DGRAM });
	DID(w, connect, .ret = -EBADF, .args = { 9 });
	assert_lives(w, 0);
	assert_int_equal(w->event_count, 1);
	assert_int_equal(w->events[0].id, 1);
}

static void a_socket_that_could_not_be_made_has_no_port(void **state)
{
	struct world *w = world_of(state, LINES("port 80", "family AF_INET"));

	DID(w, socket, .ret = -EMFILE, .args = { AF_INET, SOCK_STREAM });
	finish(w);
	assert_int_equal(w->event_count, 0);
}

static void a_dup2_that_closes_one_asked_for(void **state)
{
	struct world *w = world_of(state, LINES("family AF_INET"));

	tcp(w, 3, 1);
	socket_of(w, 4, 2, AF_UNIX, SOCK_STREAM);
	DID(w, dup2, .sk = SK(2), .sk2 = SK(1), .args = { 4, 3 }, .ret = 3);
	assert_lives(w, 1);
	assert_string_equal(told, "[1 created][socket][1 closed][dup2]");
	assert_int_equal(w->lives[0].states[1].cause, w->events[1].id);
	assert_int_equal(w->events[1].socket, w->lives[0].id);
}

static void a_close_range_over_one_asked_for(void **state)
{
	struct world *w = world_of(state, LINES("family AF_INET"));
	uint64_t at;

	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM);
	tcp(w, 4, 2);
	tcp(w, 5, 3);
	at = ENTER(w, close_range, .args = { 3, 9 });
	DID(w, close_range, .args = { 3, 9 }, .dur = at);
	assert_lives(w, 2);
	assert_int_equal(w->event_count, 3);
	assert_int_equal(w->lives[0].states[1].cause, w->events[2].id);
	assert_int_equal(w->lives[1].states[1].cause, w->events[2].id);
}

static void pair_of(struct world *w, int family, int other)
{
	union record r = call_of(CALL_socketpair,
				 (struct rec_call){ .sk = SK(1), .sk2 = SK(2), .args = { AF_UNIX, SOCK_STREAM } });

	feed(w, record_sock(SK(1), 1, family, SOCK_STREAM));
	feed(w, record_sock(SK(2), 2, other, SOCK_STREAM));
	record_data(&r, DATA_PAIR, (int[]){ 3, 4 }, 8, "", 0);
	feed(w, r);
}

/* As the ends of a connection may be AF_INET's and AF_INET6's. */
static void an_end_that_is_left_out_is_not_named(void **state)
{
	struct world *w = world_of(state, LINES("family AF_INET"));

	pair_of(w, AF_INET, AF_INET6);
	assert_lives(w, 1);
	assert_int_equal(w->lives[0].peer_socket, 0);
	assert_int_equal(w->event_count, 1);
}

static void ends_name_each_other_whichever_goes_first(void **state)
{
	struct world *w = world_of(state, LINES("type SOCK_STREAM"));

	pair_of(w, AF_UNIX, AF_UNIX);
	close_of(w, 3, 1);
	for (int i = 0; i < 600; i++) { /* and lingers no more */
		socket_of(w, 5, 100 + i, AF_UNIX, SOCK_STREAM);
		close_of(w, 5, 100 + i);
	}
	close_of(w, 4, 2);
	assert_int_equal(life_of(w, 1)->peer_socket, life_of(w, 2)->id);
	assert_int_equal(life_of(w, 2)->peer_socket, life_of(w, 1)->id);
}

static void a_call_that_outlives_its_socket_is_told(void **state)
{
	struct world *w = world_of(state, LINES("family AF_INET"));

	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	tcp(w, 3, 1);
	ENTER(w, close, .h.tid = 2, .sk = SK(1), .args = { 3 }); /* and does not return */
	for (int i = 0; i < 600; i++) {
		tcp(w, 5, 100 + i);
		close_of(w, 5, 100 + i);
	}
	finish(w);
	assert_int_equal(event_last(w)->socket, 1);
	assert_null(event_last(w)->life);
}

/* A datagram from socket 2 to socket 1: which event the receive says has sent it. */
static int64_t sender_of(struct world *w)
{
	union record r = record_fact(FACT_ARRIVED, SK(1), 9);

	udp(w, 3, 1);
	udp(w, 4, 2);
	bind_to(w, 3, 1, 1000);
	r.h.tid = 1;
	r.fact.at = w->now + 1;
	r.fact.other = SK(2);
	feed(w, r);
	DID(w, sendto, .sk = SK(2), .ret = 9, .args = { 4, 0, 9 }, .dur = r.fact.at);
	DID(w, recvfrom, .sk = SK(1), .ret = 9, .args = { 3, 0, 100 });
	return event_last(w)->sent;
}

static void the_event_that_sent_is_named(void **state)
{
	assert_int_equal(sender_of(world_of(state, LINES("family AF_INET"))), 4);
}

static void a_send_that_was_left_out_is_not_named(void **state)
{
	assert_int_equal(sender_of(world_of(state, LINES("port 1000"))), 0);
}

static int count_life(void *arg, const struct life *life)
{
	(void)life;
	++*(int *)arg;
	return 0;
}

static void the_live_ones_can_be_walked(void **state)
{
	struct world *w = world_of(state, LINES("family AF_INET"));
	int in = 0, all = 0;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	socket_of(w, 5, 3, AF_UNIX, SOCK_STREAM);
	close_of(w, 4, 2);
	assert_int_equal(narrow_each_life(narrow, count_life, &in), 0);
	assert_int_equal(model_each_life(w->m, count_life, &all), 0);
	assert_int_equal(in, 1);
	assert_int_equal(all, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NARROW_TEST(an_accepted_socket_has_its_listeners_port),
		NARROW_TEST(a_listener_that_is_left_out_is_not_named),
		NARROW_TEST(kinds_are_all_asked_for),
		NARROW_TEST(families_and_types_need_no_waiting),
		NARROW_TEST(a_line_of_another_kind_is_none),
		NARROW_TEST(an_unknown_socket_is_undecided),
		NARROW_TEST(a_socket_that_could_not_be_made),
		NARROW_TEST(a_socket_that_could_not_be_made_has_no_port),
		NARROW_TEST(a_dup2_that_closes_one_asked_for),
		NARROW_TEST(a_close_range_over_one_asked_for),
		NARROW_TEST(an_end_that_is_left_out_is_not_named),
		NARROW_TEST(ends_name_each_other_whichever_goes_first),
		NARROW_TEST(a_call_that_outlives_its_socket_is_told),
		NARROW_TEST(the_event_that_sent_is_named),
		NARROW_TEST(a_send_that_was_left_out_is_not_named),
		NARROW_TEST(the_live_ones_can_be_walked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
