/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_unix.c: unix connections that a snapshot found. What the end of one does to the other is known where nobody
 * outside of the trace can hold it.
 */
#include "snapshot.h"

#define REFERENCES(n) ((__u32)(n) << 8)
#define SERVICE ((struct address){ .len = 4, .bytes = { AF_UNIX, 0, 's' } })
#define UNNAMED ((struct address){ .len = 2, .bytes = { AF_UNIX } })

/* The n-th socket, of one descriptor, 10 + n. */
static void unix_there(struct world *w, int n, __u8 kstate, uint64_t peer_sk, struct address local, struct address peer,
		       int references)
{
	feed(w, record_sock(SK(n), (uint64_t)n, AF_UNIX, SOCK_STREAM));
	feed(w,
	     record_name((struct rec_name){ .sk = SK(n),
					    .peer_sk = peer_sk,
					    TCP(kstate, | (local.len ? VIEW_BOUND : 0) | (peer_sk ? VIEW_PEER : 0)) },
			 local, peer));
	held_by(w, 1, 10 + n, n, REFERENCES(references));
}

/* Sockets 1 and 2, connected to each other. */
static void pair_found(struct world *w, int references)
{
	for (int n = 1; n <= 2; n++)
		unix_there(w, n, TCP_ESTABLISHED, SK(3 - n), NONE, UNNAMED, references);
}

static void a_shutdown_reaches_the_other_whoever_holds_it(void **state)
{
	struct world *w = *state;

	pair_found(w, 9);
	DID(w, shutdown, .sk = SK(1), .args = { 11, SHUT_WR }, .shutdown = 2, TCP(TCP_ESTABLISHED, | VIEW_PEER));
	STATES_ARE(life_of(w, 1), STATE_CONNECTED, STATE_HALF_CLOSED_LOCAL);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_HALF_CLOSED_REMOTE);
}

static void a_close_reaches_it_where_all_that_held_it_is_known(void **state)
{
	struct world *w = *state;

	pair_found(w, 1);
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_DISCONNECTED);
	assert_int_equal(life_of(w, 2)->states[1].from, life_of(w, 1)->closed);
}

static void not_where_somebody_else_may_hold_it(void **state)
{
	struct world *w = *state;

	pair_found(w, 2);
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
}

/* Each look at a descriptor counts anew. */
static void the_most_that_was_counted_is_what_has_to_be_known(void **state)
{
	struct world *w = *state;

	pair_found(w, 1);
	held_by(w, 1, 20, 1, REFERENCES(4));
	held_by(w, 1, 21, 1, REFERENCES(2));
	closed(w, 1);
	close_of(w, 20, 1);
	close_of(w, 21, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
}

static void what_was_made_since_says_nothing_of_who_held_it_then(void **state)
{
	struct world *w = *state;

	pair_found(w, 2);
	DID(w, dup, .sk = SK(1), .ret = 20, .args = { 11 }, TCP(TCP_ESTABLISHED, | VIEW_PEER));
	close_of(w, 20, 1);
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
}

static void a_number_that_was_closed_before_the_look_came_to_it_counts(void **state)
{
	struct world *w = *state;

	pair_found(w, 2);
	close_of(w, 20, 1);
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_DISCONNECTED);
}

/* Another process's, which the look has not come to. */
static void a_close_that_was_not_the_last_changes_nothing(void **state)
{
	struct world *w = *state;

	pair_found(w, 2);
	closed(w, 1);
	feed(w, record_task(2, 2, FILES(2)));
	held_by(w, 2, 5, 1, REFERENCES(1));
	STATES_ARE(life_of(w, 1), STATE_CONNECTED);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
	assert_false(life_of(w, 2)->uncertain);
}

/* A thread of process 1, of two or of one, waits in a receive that has a reference if there are two. */
static void receive_there(struct world *w, uint32_t tid)
{
	DID(w, read, .h.tid = tid, .h.flags = CALL_ENTERED | CALL_LATE, .sk = SK(1), .args = { 11, 0, 9 },
	    TCP(TCP_ESTABLISHED, | VIEW_PEER));
	DID(w, read, .h.tid = tid, .h.flags = CALL_LATE, .sk = SK(1), .args = { 11, 0, 9 }, .ret = 1,
	    .dur = w->now + 10, TCP(TCP_ESTABLISHED, | VIEW_PEER));
}

static void a_call_that_was_found_is_a_reference(void **state)
{
	struct world *w = *state;

	pair_found(w, 2);
	feed(w, record_task(2, 1, FILES(1)));
	receive_there(w, 2);
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_DISCONNECTED);
}

static void that_of_an_only_thread_is_none(void **state)
{
	struct world *w = *state;

	pair_found(w, 2);
	receive_there(w, 1);
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
}

static void listener_there(struct world *w, uint32_t waiting, int references)
{
	unix_there(w, 1, TCP_LISTEN, 0, SERVICE, NONE, references);
	TOLD(w, QUEUE, SK(1), .h.tid = 1, .value = waiting);
}

/* Its other end is nothing that the snapshot tells of. */
static void client_there(struct world *w, int n)
{
	unix_there(w, n, TCP_ESTABLISHED, SK(100 + n), NONE, SERVICE, 1);
}

static void a_listeners_end_is_that_of_a_client_that_waits(void **state)
{
	struct world *w = *state;

	listener_there(w, 1, 1);
	client_there(w, 2);
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_DISCONNECTED);
	assert_int_equal(life_of(w, 1)->unaccepted, 1);
}

static void of_one_that_came_since_too(void **state)
{
	struct world *w = *state;

	listener_there(w, 1, 1);
	client_there(w, 2);
	socket_of(w, 13, 3, AF_UNIX, SOCK_STREAM);
	TOLD(w, QUEUE, SK(1), .other = SK(103), .value = 2);
	feed(w, record_name((struct rec_name){ .sk = SK(3), .peer_sk = SK(103), TCP(TCP_ESTABLISHED, | VIEW_PEER) },
			    NONE, SERVICE));
	DID(w, connect, .sk = SK(3), .args = { 13 }, TCP(TCP_ESTABLISHED, | VIEW_PEER));
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_DISCONNECTED);
	STATES_ARE(life_of(w, 3), STATE_CREATED, STATE_CONNECTED, STATE_DISCONNECTED);
}

/* One of the two was accepted, by somebody who is not in the trace. */
static void not_where_more_may_wait_than_do(void **state)
{
	struct world *w = *state;

	listener_there(w, 1, 1);
	client_there(w, 2);
	client_there(w, 3);
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
	STATES_ARE(life_of(w, 3), STATE_CONNECTED);
}

static void not_where_others_listen_too(void **state)
{
	struct world *w = *state;

	listener_there(w, 1, 2);
	client_there(w, 2);
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
}

static void not_where_it_is_another_listeners_client(void **state)
{
	struct world *w = *state;

	listener_there(w, 1, 1);
	unix_there(w, 2, TCP_ESTABLISHED, SK(102), NONE, UNNAMED, 1);
	closed(w, 1);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
}

static void a_close_that_the_kernel_says_is_the_last_is_so(void **state)
{
	struct world *w = *state;

	pair_found(w, 2);
	DID(w, close, .h.flags = CALL_ENTERED | CALL_LAST, .sk = SK(1), .args = { 11 });
	STATES_ARE(life_of(w, 2), STATE_CONNECTED, STATE_DISCONNECTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_shutdown_reaches_the_other_whoever_holds_it),
		WORLD_TEST(a_close_reaches_it_where_all_that_held_it_is_known),
		WORLD_TEST(not_where_somebody_else_may_hold_it),
		WORLD_TEST(the_most_that_was_counted_is_what_has_to_be_known),
		WORLD_TEST(what_was_made_since_says_nothing_of_who_held_it_then),
		WORLD_TEST(a_number_that_was_closed_before_the_look_came_to_it_counts),
		WORLD_TEST(a_close_that_was_not_the_last_changes_nothing),
		WORLD_TEST(a_close_that_the_kernel_says_is_the_last_is_so),
		WORLD_TEST(a_call_that_was_found_is_a_reference),
		WORLD_TEST(that_of_an_only_thread_is_none),
		WORLD_TEST(a_listeners_end_is_that_of_a_client_that_waits),
		WORLD_TEST(of_one_that_came_since_too),
		WORLD_TEST(not_where_more_may_wait_than_do),
		WORLD_TEST(not_where_others_listen_too),
		WORLD_TEST(not_where_it_is_another_listeners_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
