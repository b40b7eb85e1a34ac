/* SPDX-License-Identifier: GPL-2.0-only */
/* user/model_unix.c: what one end of a unix connection does to the other. */
#include "world.h"

#define ESTABLISHED(shutdown_) .kstate = TCP_ESTABLISHED, .shutdown = (shutdown_), .view = VIEW_VALID | VIEW_PEER

static void named(struct world *w, int n, uint64_t peer_sk)
{
	feed(w, record_name((struct rec_name){ .sk = SK(n), .peer_sk = peer_sk, ESTABLISHED(0) }, NONE, NONE));
}

/* Sockets 1 and 2, by 3 and 4. */
static void pair(struct world *w)
{
	const int fds[2] = { 3, 4 };
	union record r = call_of(CALL_socketpair, (struct rec_call){ .sk = SK(1), .sk2 = SK(2) });

	for (int n = 1; n <= 2; n++) {
		feed(w, record_sock(SK(n), (uint64_t)n, AF_UNIX, SOCK_STREAM));
		named(w, n, SK(3 - n));
	}
	record_data(&r, DATA_PAIR, fds, sizeof(fds), "", 0);
	feed(w, r);
}

static void shut(struct world *w, int how, __u8 shutdown)
{
	DID(w, shutdown, .sk = SK(1), .args = { 3, (__u64)how }, ESTABLISHED(shutdown));
}

static void a_close_ends_both_ways_of_the_other(void **state)
{
	struct world *w = *state;
	const struct life *l;

	pair(w);
	close_of(w, 3, 1);
	l = life_of(w, 2);
	STATES_ARE(l, STATE_CONNECTED, STATE_DISCONNECTED);
	assert_int_equal(l->states[1].cause, event_last(w)->id);
	assert_int_equal(l->states[1].from, life_of(w, 1)->closed);
}

static void an_exit_does_too(void **state)
{
	struct world *w = *state;
	const struct life *l;

	pair(w);
	feed(w, record_task(2, 2, FILES(2)));
	DID(w, write, .h.tid = 2, .sk = SK(2), .ret = 1, .args = { 4, 0, 1 }, ESTABLISHED(0));
	feed(w, record_exit(1, 1, 0, 0));
	l = life_of(w, 2);
	STATES_ARE(l, STATE_CONNECTED, STATE_DISCONNECTED);
	assert_int_equal(l->states[1].cause, 0);
	assert_string_equal(l->states[1].fact, "exit");
}

static void a_shutdown_of_sending_is_the_others_end_of_file(void **state)
{
	struct world *w = *state;

	pair(w);
	shut(w, SHUT_WR, 2);
	STATES_ARE(life_of(w, 1), STATE_CONNECTED, STATE_HALF_CLOSED_LOCAL);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_HALF_CLOSED_REMOTE);
}

static void a_shutdown_of_receiving_ends_the_others_sending(void **state)
{
	struct world *w = *state;

	pair(w);
	shut(w, SHUT_RD, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_HALF_CLOSED_LOCAL);
}

/* A close takes effect at its entry here, and a little later in the kernel. */
static void a_view_from_before_takes_nothing_back(void **state)
{
	struct world *w = *state;

	pair(w);
	close_of(w, 3, 1);
	DID(w, write, .sk = SK(2), .ret = 1, .args = { 4, 0, 1 }, ESTABLISHED(0));
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_DISCONNECTED);
}

static void one_that_others_may_hold_ends_nothing(void **state)
{
	struct world *w = *state;

	for (int n = 1; n <= 2; n++) {
		feed(w, record_sock(SK(n), (uint64_t)n, AF_UNIX, SOCK_STREAM));
		named(w, n, SK(3 - n));
		DID(w, write, .sk = SK(n), .ret = 1, .args = { 2 + (__u64)n, 0, 1 }, ESTABLISHED(0));
	}
	close_of(w, 3, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
}

/* Socket 1 listens, socket 2 connects to it and waits: what it is connected to is no socket of the trace. */
static void a_listeners_end_is_that_of_those_in_its_queue(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM);
	DID(w, listen, .sk = SK(1), .args = { 3, 1 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	socket_of(w, 4, 2, AF_UNIX, SOCK_STREAM);
	TOLD(w, QUEUE, SK(1), .other = SK(9), .value = 1);
	named(w, 2, SK(9));
	DID(w, connect, .sk = SK(2), .args = { 4 }, ESTABLISHED(0));
	close_of(w, 3, 1);
	STATES_ARE(life_of(w, 2), STATE_CREATED, STATE_CONNECTED, STATE_DISCONNECTED);
	assert_int_equal(life_of(w, 1)->unaccepted, 1);
}

/* Process 2 had it too, by 9. */
static void used_again(struct world *w)
{
	close_of(w, 3, 1);
	feed(w, record_task(2, 2, FILES(2)));
	DID(w, write, .h.tid = 2, .sk = SK(1), .ret = 1, .args = { 9, 0, 1 }, ESTABLISHED(0));
}

static void a_close_that_was_not_the_last_is_taken_back_from_both(void **state)
{
	struct world *w = *state;

	pair(w);
	used_again(w);
	DID(w, write, .sk = SK(2), .ret = 1, .args = { 4, 0, 1 }, ESTABLISHED(0));
	STATES_ARE(life_of(w, 1), STATE_CONNECTED);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
	assert_int_equal(life_of(w, 2)->states[0].to, OPEN);
	assert_true(life_of(w, 2)->uncertain);
}

static void a_shutdown_before_it_stays(void **state)
{
	struct world *w = *state;

	pair(w);
	shut(w, SHUT_WR, 2);
	used_again(w);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_HALF_CLOSED_REMOTE);
}

/* Socket 1 has connected and waits at `queued`; its peer's name. */
static void waits(struct world *w, int queued, struct address peer)
{
	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM);
	feed(w, record_name((struct rec_name){ .sk = SK(1), .peer_sk = SK(queued), ESTABLISHED(0) }, NONE, peer));
	DID(w, connect, .sk = SK(1), .args = { 3 }, ESTABLISHED(0));
}

/* Its end was not seen, and a connection that waits has its address. */
static void one_that_was_there_before_is_not_the_peer(void **state)
{
	struct world *w = *state;

	socket_of(w, 4, 2, AF_UNIX, SOCK_STREAM);
	named(w, 2, SK(9));
	DID(w, connect, .sk = SK(2), .args = { 4 }, ESTABLISHED(0));
	waits(w, 2, NONE);
	close_of(w, 4, 2);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTED);
	assert_int_equal(life_of(w, 1)->peer_socket, 0);
}

/* A closed one named this address when it was another's. */
static void assert_accepted(struct world *w, struct address local, bool joined)
{
	const struct address service = { .len = 4, .bytes = { AF_UNIX, 0, 's' } };

	waits(w, 2, service);
	close_of(w, 3, 1);
	feed(w, record_sock(SK(2), 2, AF_UNIX, SOCK_STREAM));
	feed(w, record_name((struct rec_name){ .sk = SK(2), .peer_sk = SK(1), ESTABLISHED(0) }, local, NONE));
	DID(w, accept, .sk2 = SK(2), .ret = 9, .args = { 8 });
	assert_int_equal(life_of(w, 2)->peer_socket, joined ? life_of(w, 1)->id : 0);
	assert_int_equal(life_of(w, 1)->peer_socket, joined ? life_of(w, 2)->id : 0);
}

static void a_closed_one_that_connected_here_is_the_peer(void **state)
{
	assert_accepted(*state, (struct address){ .len = 4, .bytes = { AF_UNIX, 0, 's' } }, true);
}

static void one_that_connected_to_another_name_is_not(void **state)
{
	assert_accepted(*state, (struct address){ .len = 4, .bytes = { AF_UNIX, 0, 't' } }, false);
}

static void one_that_connected_to_a_name_is_not_that_of_one_without(void **state)
{
	assert_accepted(*state, NONE, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_close_ends_both_ways_of_the_other),
		WORLD_TEST(an_exit_does_too),
		WORLD_TEST(a_shutdown_of_sending_is_the_others_end_of_file),
		WORLD_TEST(a_shutdown_of_receiving_ends_the_others_sending),
		WORLD_TEST(a_view_from_before_takes_nothing_back),
		WORLD_TEST(one_that_others_may_hold_ends_nothing),
		WORLD_TEST(a_close_that_was_not_the_last_is_taken_back_from_both),
		WORLD_TEST(a_shutdown_before_it_stays),
		WORLD_TEST(a_listeners_end_is_that_of_those_in_its_queue),
		WORLD_TEST(one_that_was_there_before_is_not_the_peer),
		WORLD_TEST(a_closed_one_that_connected_here_is_the_peer),
		WORLD_TEST(one_that_connected_to_another_name_is_not),
		WORLD_TEST(one_that_connected_to_a_name_is_not_that_of_one_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
