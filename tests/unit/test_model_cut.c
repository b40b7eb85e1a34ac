/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model*.c: calls of which only the entry or only the return is in the trace, and the peer of a refused connect().
 */
#include "world.h"

static const struct event *event_by(const struct world *w, int id)
{
	for (size_t i = 0; i < w->event_count; i++)
		if (w->events[i].id == id)
			return &w->events[i];
	return NULL;
}

static void assert_causes(struct world *w)
{
	finish(w);
	for (size_t i = 0; i < w->life_count; i++)
		for (size_t j = 0; j < w->lives[i].state_count; j++)
			assert_true(!w->lives[i].states[j].cause || event_by(w, w->lives[i].states[j].cause));
}

static void a_connect_that_is_cut_off_never_returned(void **state)
{
	struct world *w = *state;
	const struct life *l;

	tcp(w, 3, 1);
	ENTER(w, connect, .sk = SK(1), .args = { 3 });
	assert_causes(w);
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED, STATE_CONNECTING);
	assert_int_equal(event_last(w)->id, l->states[1].cause);
	assert_int_equal(event_last(w)->dur, OPEN);
	assert_int_equal(event_last(w)->t, l->states[1].from);
	assert_int_equal(event_last(w)->socket, l->id);
	assert_int_equal(event_last(w)->process, 1);
}

static void a_close_that_is_cut_off_is_told_of_too(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	ENTER(w, close, .sk = SK(1), .args = { 3 });
	assert_causes(w);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CLOSED);
	assert_int_equal(w->event_count, 2);
	assert_false(life_of(w, 1)->held);
}

static void a_close_range_that_is_cut_off_is_told_of_too(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	ENTER(w, close_range, .args = { 3, 9 });
	assert_causes(w);
	assert_int_equal(w->event_count, 3);
	assert_int_equal(event_last(w)->socket, life_of(w, 1)->id);
	assert_int_equal(life_of(w, 2)->states[1].cause, event_last(w)->id);
}

static void a_thread_that_ends_or_goes_on_abandons_its_call(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	ENTER(w, close, .sk = SK(1), .args = { 3 });
	ENTER(w, close, .sk = SK(2), .args = { 4 });
	assert_int_equal(w->event_count, 3);
	feed(w, record_exit(1, 1, 0, 0));
	assert_int_equal(w->event_count, 4);
	assert_causes(w);
	assert_int_equal(w->event_count, 4);
}

static void a_call_that_returned_is_told_of_once(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	close_of(w, 3, 1);
	finish(w);
	assert_int_equal(w->event_count, 3);
}

static void a_call_from_before_the_trace_began_with_it(void **state)
{
	struct world *w = *state;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	DID(w, accept, .h.flags = CALL_LATE, .sk = SK(1), .sk2 = SK(2), .ret = 4, .args = { 3 }, .dur = w->now + 10,
	    TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_int_equal(event_last(w)->t, 0);
	assert_int_equal(event_last(w)->dur, w->now - MONO);
	assert_string_equal(event_last(w)->note, "entered before the trace began");
	assert_int_equal(life_of(w, 2)->listener, life_of(w, 1)->id);
	assert_int_equal(life_of(w, 2)->origin, ORIGIN_ACCEPT);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SNAPSHOT, BY_OPEN);
}

static void what_was_refused_has_no_peer(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_name((struct rec_name){ .sk = SK(1), TCP(TCP_CLOSE, | VIEW_BOUND | VIEW_PEER) }, inet(4000),
			    inet(80)));
	assert_int_equal(life_of(w, 1)->peer_count, 0);
	assert_int_equal(address_port(&life_of(w, 1)->peer), 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_connect_that_is_cut_off_never_returned),
		WORLD_TEST(a_close_that_is_cut_off_is_told_of_too),
		WORLD_TEST(a_close_range_that_is_cut_off_is_told_of_too),
		WORLD_TEST(a_thread_that_ends_or_goes_on_abandons_its_call),
		WORLD_TEST(a_call_that_returned_is_told_of_once),
		WORLD_TEST(a_call_from_before_the_trace_began_with_it),
		WORLD_TEST(what_was_refused_has_no_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
