/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_snapshot.c: sockets and descriptors that a snapshot found, and what calls tell of them before and after.
 */
#include "snapshot.h"

/* It was there before the trace, by one number of process 1. */
static void assert_found(const struct life *l, int fd, enum end_by end)
{
	assert_int_equal(l->origin, ORIGIN_SNAPSHOT);
	assert_int_equal(l->descriptor_count, 1);
	assert_descriptor(l, 0, 1, fd, HOW_SNAPSHOT, end);
	assert_int_equal(l->descriptors[0].from, OPEN);
	assert_int_equal(l->states[0].from, OPEN);
	assert_int_equal(l->created, OPEN);
	assert_false(l->uncertain);
}

static void a_connection_is_found(void **state)
{
	struct world *w = *state;
	const struct life *l;

	found_connected(w, 1);
	held_by(w, 1, 5, 1, HELD_CLOEXEC | HELD_NONBLOCK);
	l = life_of(w, 1);
	assert_found(l, 5, BY_OPEN);
	STATES_ARE(l, STATE_CONNECTED);
	assert_int_equal(l->flags, SOCK_CLOEXEC | SOCK_NONBLOCK);
	assert_int_equal(address_port(&l->peers[0].peer), 5000);
	assert_int_equal(l->peers[0].from, OPEN);
	assert_int_equal(l->peers[0].to, OPEN);
	assert_int_equal(l->closed, OPEN);
	assert_int_equal(w->event_count, 0);
}

static void a_close_after_it_ends_it(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	held(w, 5, 1);
	close_of(w, 5, 1);
	assert_found(life_of(w, 1), 5, BY_CLOSE);
	assert_int_equal(life_of(w, 1)->closed_by, BY_CLOSE);
}

static void a_close_before_it_stands(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	close_of(w, 5, 1);
	held(w, 5, 1);
	assert_found(life_of(w, 1), 5, BY_CLOSE);
	assert_int_not_equal(life_of(w, 1)->closed, OPEN);
}

/* Nothing told of that one before: it was not the end. */
static void a_close_was_not_the_last_where_another_number_is_found(void **state)
{
	struct world *w = *state;
	const struct life *l;

	found_connected(w, 1);
	close_of(w, 5, 1);
	held(w, 6, 1);
	held(w, 5, 1);
	l = life_of(w, 1);
	assert_int_equal(l->closed, OPEN);
	STATES_ARE(l, STATE_CONNECTED);
	assert_int_equal(l->descriptor_count, 2);
	assert_descriptor(l, 0, 1, 5, HOW_SNAPSHOT, BY_CLOSE);
	assert_descriptor(l, 1, 1, 6, HOW_SNAPSHOT, BY_OPEN);
	assert_false(l->uncertain);
}

static void a_call_by_another_number_shows_the_same(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	close_of(w, 5, 1);
	close_of(w, 6, 1);
	assert_descriptor(life_of(w, 1), 0, 1, 5, HOW_SNAPSHOT, BY_CLOSE);
	assert_descriptor(life_of(w, 1), 1, 1, 6, HOW_SNAPSHOT, BY_CLOSE);
	assert_false(life_of(w, 1)->uncertain);
}

/* It was in a message that was sent before the trace. */
static void a_message_may_have_held_it(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	feed(w, record_sock(SK(2), 2, AF_UNIX, SOCK_STREAM));
	held(w, 4, 2);
	found_connected(w, 1);
	close_of(w, 5, 1);
	at = w->now + 5;
	TOLD(w, TAKEN, SK(1), .h.tid = 1, .at = at, .value = 5, .other = SK(2));
	DID(w, recvmsg, .sk = SK(2), .ret = 1, .args = { 4 }, .dur = at);
	l = life_of(w, 1);
	assert_descriptor(l, 0, 1, 5, HOW_SNAPSHOT, BY_CLOSE);
	assert_descriptor(l, 1, 1, 5, HOW_SCM_RIGHTS, BY_OPEN);
	assert_false(l->uncertain);
}

static void what_a_call_used_is_confirmed(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	DID(w, read, .sk = SK(1), .ret = 3, .args = { 5, 0, 9 }, TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER));
	held_by(w, 1, 5, 1, HELD_CLOEXEC);
	feed(w, record_exec(1, 1, FILES(1)));
	assert_found(life_of(w, 1), 5, BY_CLOEXEC);
	assert_int_equal(life_of(w, 1)->received, 3);
}

static void a_call_after_it_finds_what_was_held(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	held(w, 5, 1);
	DID(w, read, .sk = SK(1), .ret = 3, .args = { 5, 0, 9 }, TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER));
	assert_found(life_of(w, 1), 5, BY_OPEN);
}

static void another_socket_by_the_number_stands(void **state)
{
	struct world *w = *state;

	tcp(w, 5, 1);
	found_connected(w, 2);
	held(w, 5, 2);
	assert_descriptor(life_of(w, 1), 0, 1, 5, HOW_SOCKET, BY_OPEN);
	assert_false(life_of(w, 1)->uncertain);
	assert_int_equal(w->life_count, 1);
}

static void what_no_thread_has_is_not_held(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	held_by(w, 7, 5, 1, 0); /* a thread that was not told of */
	TOLD(w, HELD, SK(1), .h.tid = 1, .value = 5, .other = FILES(9));
	TOLD(w, HELD, SK(1), .h.tid = 1, .value = -1, .other = FILES(1));
	feed(w, record_task(2, 2, FILES(2)));
	TOLD(w, HELD, SK(1), .h.tid = 1, .value = 5, .other = FILES(2)); /* another's table by now */
	finish(w);
	assert_int_equal(w->life_count, 0);
}

static void a_socket_has_all_its_numbers(void **state)
{
	struct world *w = *state;
	const struct life *l;

	feed(w, record_task(2, 2, FILES(2)));
	found_connected(w, 1);
	held(w, 5, 1);
	held(w, 9, 1);
	held_by(w, 2, 5, 1, 0);
	close_of(w, 5, 1);
	close_of(w, 9, 1);
	feed(w, record_exit(2, 2, 0, 0));
	l = life_of(w, 1);
	assert_int_equal(l->descriptor_count, 3);
	assert_descriptor(l, 0, 1, 5, HOW_SNAPSHOT, BY_CLOSE);
	assert_descriptor(l, 1, 1, 9, HOW_SNAPSHOT, BY_CLOSE);
	assert_descriptor(l, 2, 2, 5, HOW_SNAPSHOT, BY_EXIT);
	assert_int_equal(l->closed_by, BY_EXIT);
}

static void a_listener_is_found_with_its_queue(void **state)
{
	struct world *w = *state;
	const struct life *l;
	int64_t at;

	found(w, 1, SOCK_STREAM, TCP_LISTEN, SERVER, NONE);
	TOLD(w, FOUND, SK(1), .value = -1, .extra = ~0u);
	TOLD(w, QUEUE, SK(1), .value = 2, .extra = 40);
	at = held(w, 3, 1);
	TOLD(w, QUEUE, SK(1), .value = 3, .extra = 43, .other = SK(9));
	l = life_of(w, 1);
	STATES_ARE(l, STATE_LISTENING);
	assert_int_equal(l->role, ROLE_PASSIVE);
	assert_int_equal(l->backlog_effective, 128);
	assert_int_equal(l->queue_count, 2);
	assert_int_equal(l->queue[0].t, at);
	assert_int_equal(l->queue[0].depth, 2);
	assert_int_equal(l->queue[1].depth, 3);
	assert_int_equal(l->deepest, 3);
	assert_int_equal(l->overflows, 3);
	assert_int_equal(l->found_unread, -1);
}

static void an_empty_queue_is_told_too(void **state)
{
	struct world *w = *state;

	found(w, 1, SOCK_STREAM, TCP_LISTEN, SERVER, NONE);
	TOLD(w, QUEUE, SK(1), .value = 0, .extra = 40);
	held(w, 3, 1);
	assert_int_equal(life_of(w, 1)->queue_count, 1);
	assert_int_equal(life_of(w, 1)->deepest, 0);
	assert_int_equal(life_of(w, 1)->overflows, 0);
}

static void what_it_held_is_told(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	TOLD(w, FOUND, SK(1), .value = 7, .extra = 3);
	held(w, 3, 1);
	found_connected(w, 2);
	TOLD(w, FOUND, SK(2), .value = -1, .extra = ~0u);
	held(w, 4, 2);
	assert_int_equal(life_of(w, 1)->found_unread, 7);
	assert_int_equal(life_of(w, 1)->found_unsent, 3);
	assert_int_equal(life_of(w, 2)->found_unread, -1);
	assert_int_equal(life_of(w, 2)->found_unsent, -1);
}

static void an_address_that_is_used_again_is_another_socket(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	held(w, 5, 1);
	close_of(w, 5, 1);
	feed(w, record_sock(SK(1), 2, AF_INET, SOCK_STREAM));
	held(w, 6, 1);
	assert_found(life_of(w, 1), 5, BY_CLOSE);
	assert_found(life_of(w, 2), 6, BY_OPEN);
}

static void a_datagram_peer_may_be_found_later(void **state)
{
	struct world *w = *state;

	feed(w, record_sock(SK(1), 1, AF_UNIX, SOCK_DGRAM));
	feed(w, record_name((struct rec_name){ .sk = SK(1), .peer_sk = SK(2), TCP(TCP_ESTABLISHED, | VIEW_PEER) }, NONE,
			    NONE));
	held(w, 5, 1);
	feed(w, record_sock(SK(2), 2, AF_UNIX, SOCK_DGRAM));
	feed(w, record_name((struct rec_name){ .sk = SK(2), TCP(TCP_CLOSE, | VIEW_BOUND) }, NONE, NONE));
	held(w, 6, 2);
	assert_int_equal(life_of(w, 1)->peer_socket, life_of(w, 2)->id);
	assert_int_equal(life_of(w, 2)->peer_socket, 0);
}

static void a_stream_pair_is_joined(void **state)
{
	struct world *w = *state;

	for (int n = 1; n <= 2; n++) {
		feed(w, record_sock(SK(n), (uint64_t)n, AF_UNIX, SOCK_STREAM));
		feed(w,
		     record_name(
			     (struct rec_name){ .sk = SK(n), .peer_sk = SK(3 - n), TCP(TCP_ESTABLISHED, | VIEW_PEER) },
			     NONE, NONE));
		held(w, 4 + n, n);
	}
	assert_peers(w, 1, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_connection_is_found),
		WORLD_TEST(a_close_after_it_ends_it),
		WORLD_TEST(a_close_before_it_stands),
		WORLD_TEST(a_close_was_not_the_last_where_another_number_is_found),
		WORLD_TEST(a_call_by_another_number_shows_the_same),
		WORLD_TEST(a_message_may_have_held_it),
		WORLD_TEST(what_a_call_used_is_confirmed),
		WORLD_TEST(a_call_after_it_finds_what_was_held),
		WORLD_TEST(another_socket_by_the_number_stands),
		WORLD_TEST(what_no_thread_has_is_not_held),
		WORLD_TEST(a_socket_has_all_its_numbers),
		WORLD_TEST(a_listener_is_found_with_its_queue),
		WORLD_TEST(an_empty_queue_is_told_too),
		WORLD_TEST(what_it_held_is_told),
		WORLD_TEST(an_address_that_is_used_again_is_another_socket),
		WORLD_TEST(a_datagram_peer_may_be_found_later),
		WORLD_TEST(a_stream_pair_is_joined),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
