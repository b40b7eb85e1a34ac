// SPDX-License-Identifier: GPL-2.0-only
/* A port that is not known yet: what is told of a socket waits for it. */
#include "narrowed.h"

static void a_connect_decides(void **state)
{
	struct world *w = world_of(state, LINES("port 80"));

	tcp(w, 3, 1);
	assert_string_equal(told, "");
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	assert_string_equal(told, "[1 created][socket][1 connecting][1 connected][connect]");
	close_of(w, 3, 1);
	assert_string_equal(told, "[1 created][socket][1 connecting][1 connected][connect][1 closed][close]");
	assert_lives(w, 1);
	assert_int_equal(w->lives[0].states[0].cause, w->events[0].id);
	assert_null(w->events[0].note);
}

static void another_port_is_left_out(void **state)
{
	struct world *w = world_of(state, LINES("port 81", "port 82"));

	tcp(w, 3, 1);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	close_of(w, 3, 1);
	assert_lives(w, 0);
	assert_string_equal(told, "");
	assert_int_equal(w->process_count, 1);
}

static void a_connect_that_fails_counts(void **state)
{
	struct world *w = world_of(state, LINES("port 80"));

	tcp(w, 3, 1);
	connect_of(w, 1, ECONNREFUSED, TCP_CLOSE);
	assert_lives(w, 1);
	assert_int_equal(w->event_count, 2);
}

static void a_connect_that_does_not_return_counts(void **state)
{
	struct world *w = world_of(state, LINES("port 80"));
	union record r =
		call_of(CALL_connect, (struct rec_call){ .h.flags = CALL_ENTERED, .sk = SK(1), .args = { 3, 0, 16 } });

	tcp(w, 3, 1);
	record_addr(&r, inet(80));
	feed(w, r);
	assert_lives(w, 1);
	assert_string_equal(told, "[1 created][socket][1 connecting][connect]");
}

static void one_datagram_of_many_decides(void **state)
{
	struct world *w = world_of(state, LINES("port 53"));

	udp(w, 3, 1);
	send_to(w, 3, 1, 1000);
	send_to(w, 3, 1, 1001);
	assert_string_equal(told, "");
	send_to(w, 3, 1, 53);
	assert_string_equal(told, "[1 created][socket][sendto][sendto][sendto]");
	send_to(w, 3, 1, 1002);
	assert_lives(w, 1);
	assert_int_equal(w->event_count, 5);
}

static void what_accept_returns_is_not_the_listeners_port(void **state)
{
	struct world *w = world_of(state, LINES("port 4000"));
	union record r = call_of(CALL_accept, (struct rec_call){ .sk = SK(1), .args = { 3 }, .ret = -EAGAIN });

	tcp(w, 3, 1);
	bind_to(w, 3, 1, 80);
	record_addr(&r, inet(4000));
	feed(w, r);
	assert_lives(w, 0);
}

static void what_closes_undecided_is_thrown_away(void **state)
{
	struct world *w = world_of(state, LINES("port 80"));

	tcp(w, 3, 1);
	bind_to(w, 3, 1, 4000);
	close_of(w, 3, 1);
	tcp(w, 3, 2);
	connect_of(w, 2, 0, TCP_ESTABLISHED);
	assert_lives(w, 1);
	assert_int_equal(w->lives[0].inode, 2);
	assert_int_equal(w->lives[0].id, 2);
	assert_int_equal(w->event_count, 2);
}

static void of_many_calls_the_last_are_kept(void **state)
{
	struct world *w = world_of(state, LINES("port 53"));
	const struct life *l;

	udp(w, 3, 1);
	for (int i = 0; i < 64; i++)
		send_to(w, 3, 1, 1000);
	send_to(w, 3, 1, 53);
	assert_int_equal(w->event_count, 65);
	assert_string_equal(w->events[0].note, "1 earlier call is not shown");
	assert_int_equal(w->events[0].id, 2);
	assert_null(w->events[1].note);
	l = life_of(w, 1);
	assert_int_equal(l->states[0].cause, 0); /* socket(): it is not shown */
	assert_string_equal(l->states[0].fact, "earlier call");
}

static void how_many_are_not_kept_is_told_once(void **state)
{
	struct world *w = world_of(state, LINES("port 53"));

	udp(w, 3, 1);
	for (int i = 0; i < 100; i++)
		send_to(w, 3, 1, 1000);
	send_to(w, 3, 1, 53);
	send_to(w, 3, 1, 1000);
	assert_int_equal(w->event_count, 66);
	assert_string_equal(w->events[0].note, "37 earlier calls are not shown");
	for (int i = 1; i < 66; i++)
		assert_null(w->events[i].note);
}

static void what_is_held_outlives_its_process(void **state)
{
	struct world *w = world_of(state, LINES("port 53"));

	udp(w, 3, 1);
	feed(w, record_fork(1, 2, 2, FILES(1), FILES(2)));
	feed(w, record_exec(2, 0, FILES(2)));
	DID(w, getsockname, .h.tid = 2, .sk = SK(1), .args = { 3 });
	feed(w, record_exit(2, 2, 0, 0));
	assert_string_equal(told, "[exit]");
	send_to(w, 3, 1, 53);
	assert_string_equal(told, "[exit][1 created][socket][getsockname][sendto]");
	assert_int_equal(w->events[1].process, 2);
}

static int see_process(void *arg, const struct event *event)
{
	const struct process *p = event->by;

	if (event->process == 2) {
		assert_int_equal(p->exec_count, 1);
		assert_string_equal(p->execs[0].exe, "./new");
		assert_string_equal(p->comm, "new");
		++*(int *)arg;
	}
	return 0;
}

static void a_held_event_has_the_process_as_it_was(void **state)
{
	struct world *w = world_of(state, LINES("port 53"));
	int seen = 0;
	const struct sink sink = { .event = see_process, .arg = &seen };
	struct narrow *n = narrow_new(LINES("port 53"), &sink);
	struct sink in = narrow_sink(n);

	model_free(w->m);
	w->m = model_new(MONO, &in);
	feed(w, record_task(1, 1, FILES(1)));
	udp(w, 3, 1);
	feed(w, record_fork(1, 2, 2, FILES(1), FILES(2)));
	feed(w, record_exec(2, 0, FILES(2)));
	DID(w, getsockname, .h.tid = 2, .sk = SK(1), .args = { 3 });
	DID(w, getsockname, .h.tid = 2, .sk = SK(1), .args = { 3 });
	feed(w, record_exit(2, 2, 0, 0));
	send_to(w, 3, 1, 53);
	assert_int_equal(seen, 2);
	finish(w);
	narrow_free(n);
}

static void states_and_troubles_are_held_in_order(void **state)
{
	struct world *w = world_of(state, LINES("port 53"));

	udp(w, 3, 1);
	TOLD(w, DROP, SK(1), .value = 1);
	bind_to(w, 3, 1, 1000);
	send_to(w, 3, 1, 53);
	finish(w);
	assert_non_null(strstr(told, "[1 created][socket]"));
	assert_non_null(strstr(told, "[sendto]"));
}

static void an_unknown_socket_may_have_the_port(void **state)
{
	struct world *w = world_of(state, LINES("port 53"));

	send_to(w, 3, 1, 53);
	assert_lives(w, 1);
	assert_int_equal(w->event_count, 1);
}

static void all_that_is_held_is_bounded(void **state)
{
	struct world *w = world_of(state, LINES("port 53"));

	for (int n = 1; n <= 1100; n++) {
		udp(w, 3 + n, n);
		for (int i = 0; i < 63; i++)
			send_to(w, 3 + n, n, 1000);
	}
	send_to(w, 4, 1, 53); /* the first one's calls were dropped long ago */
	assert_int_equal(w->event_count, 1);
	assert_string_equal(w->events[0].note, "64 earlier calls are not shown");
	send_to(w, 1103, 1100, 53);
	assert_int_equal(w->event_count, 66);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		NARROW_TEST(a_connect_decides),
		NARROW_TEST(another_port_is_left_out),
		NARROW_TEST(a_connect_that_fails_counts),
		NARROW_TEST(a_connect_that_does_not_return_counts),
		NARROW_TEST(one_datagram_of_many_decides),
		NARROW_TEST(what_accept_returns_is_not_the_listeners_port),
		NARROW_TEST(what_closes_undecided_is_thrown_away),
		NARROW_TEST(of_many_calls_the_last_are_kept),
		NARROW_TEST(how_many_are_not_kept_is_told_once),
		NARROW_TEST(what_is_held_outlives_its_process),
		NARROW_TEST(a_held_event_has_the_process_as_it_was),
		NARROW_TEST(states_and_troubles_are_held_in_order),
		NARROW_TEST(an_unknown_socket_may_have_the_port),
		NARROW_TEST(all_that_is_held_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
