/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model*.c: calls of which only the entry or only the return is in the trace, and the peer of a refused connect().
 */
#include "snapshot.h"

static const struct event *event_by(const struct world *w, int64_t id)
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

static uint64_t connects_to(struct world *w, struct address peer)
{
	union record r = call_of(
		CALL_connect,
		(struct rec_call){ .h.flags = CALL_ENTERED, .sk = SK(1), .args = { 3, 0, 16 }, TCP(TCP_CLOSE, ) });

	record_addr(&r, peer);
	return feed(w, r);
}

static void assert_peer(const struct life *l, size_t i, unsigned int port, int64_t from, int64_t to)
{
	assert_int_equal(address_port(&l->peers[i].peer), port);
	assert_int_equal(l->peers[i].from, from);
	assert_int_equal(l->peers[i].to, to);
}

static void a_connect_has_its_peer_from_its_begin_on(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = connects_to(w, inet(80));
	feed(w, record_name((struct rec_name){ .sk = SK(1), TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER) },
			    inet(4000), inet(81)));
	DID(w, connect, .sk = SK(1), .args = { 3 }, .dur = at, TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER));
	assert_int_equal(life_of(w, 1)->peer_count, 1);
	assert_peer(life_of(w, 1), 0, 81, (int64_t)(at - MONO), OPEN);
}

static void one_that_did_not_return_has_the_one_it_was_given(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = connects_to(w, inet(80));
	assert_int_equal(life_of(w, 1)->peer_count, 1);
	assert_peer(life_of(w, 1), 0, 80, (int64_t)(at - MONO), OPEN);
	assert_int_equal(address_port(&life_of(w, 1)->peer), 80);
}

static void one_that_failed_or_waits_for_a_unix_listener_has_none(void **state)
{
	struct world *w = *state;
	struct address path = { .len = 4, .bytes = { AF_UNIX, 0, 'x' } };
	uint64_t at;

	tcp(w, 3, 1);
	at = connects_to(w, inet(80));
	TOLD(w, STATE, SK(1), .value = TCP_CLOSE | TCP_SYN_SENT << 8, .extra = ECONNREFUSED);
	DID(w, connect, .sk = SK(1), .ret = -ECONNREFUSED, .args = { 3 }, .dur = at, TCP(TCP_CLOSE, ));
	close_of(w, 3, 1);
	feed(w, record_sock(SK(1), 2, AF_UNIX, SOCK_STREAM));
	DID(w, socket, .sk = SK(1), .ret = 3, .args = { AF_UNIX, SOCK_STREAM }, TCP(TCP_CLOSE, ));
	connects_to(w, path);
	assert_int_equal(life_of(w, 1)->peer_count, 0);
	assert_int_equal(life_of(w, 2)->peer_count, 0);
}

/* Spans do not overlap. */
static void another_peer_in_one_attempt_begins_where_the_last_ended(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = connects_to(w, inet(80));
	feed(w, record_name((struct rec_name){ .sk = SK(1), TCP(TCP_SYN_SENT, | VIEW_BOUND | VIEW_PEER) }, inet(4000),
			    inet(80)));
	DID(w, connect, .sk = SK(1), .ret = -EINPROGRESS, .args = { 3 }, .dur = at,
	    TCP(TCP_SYN_SENT, | VIEW_BOUND | VIEW_PEER));
	feed(w, record_name((struct rec_name){ .sk = SK(1), TCP(TCP_SYN_SENT, | VIEW_BOUND | VIEW_PEER) }, inet(4000),
			    inet(81)));
	assert_int_equal(life_of(w, 1)->peer_count, 2);
	assert_peer(life_of(w, 1), 0, 80, (int64_t)(at - MONO), NOW(w));
	assert_peer(life_of(w, 1), 1, 81, NOW(w), OPEN);
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
		WORLD_TEST(a_connect_has_its_peer_from_its_begin_on),
		WORLD_TEST(one_that_did_not_return_has_the_one_it_was_given),
		WORLD_TEST(one_that_failed_or_waits_for_a_unix_listener_has_none),
		WORLD_TEST(another_peer_in_one_attempt_begins_where_the_last_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
