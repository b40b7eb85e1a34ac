/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_flight.c: descriptors in messages, and who receives them.
 */
#include "flight.h"

static void what_is_in_flight_outlives_its_descriptors(void **state)
{
	struct world *w = *state;
	int64_t sent, received;
	int64_t by;

	two_processes(w, SOCK_STREAM);
	pass(w, 7, 3, 1, 1);
	sent = NOW(w);
	by = event_last(w)->id;
	close_of(w, 7, 3);
	take(w, 10, 4, 3, 2);
	received = NOW(w);
	assert_flight(life_of(w, 3), 0, sent, received, by, event_last(w)->id);
	assert_int_equal(life_of(w, 3)->flight_count, 1);
	assert_descriptor(life_of(w, 3), 0, 1, 7, HOW_SOCKET, BY_CLOSE);
	assert_descriptor(life_of(w, 3), 1, 2, 4, HOW_SCM_RIGHTS, BY_OPEN);
	assert_int_equal(life_of(w, 3)->descriptors[1].from, received);
	STATES_ARE(life_of(w, 3), STATE_CREATED);
	assert_false(life_of(w, 3)->uncertain);
}

static void the_receivers_close_is_the_last_one(void **state)
{
	struct world *w = *state;

	two_processes(w, SOCK_STREAM);
	pass(w, 7, 3, 1, 1);
	take(w, 10, 4, 3, 2);
	close_of(w, 7, 3);
	close_by(w, 10, 4, 3);
	assert_int_equal(life_of(w, 3)->closed, event_last(w)->t);
}

static void close_on_exec_is_the_receives_to_say(void **state)
{
	struct world *w = *state;

	two_processes(w, SOCK_STREAM);
	pass(w, 7, 3, 1, 1);
	pass(w, 7, 3, 1, 1);
	take_with(w, 10, 4, 3, 2, MSG_CMSG_CLOEXEC);
	take(w, 10, 5, 3, 2);
	feed(w, record_exec(10, 10, FILES(2)));
	assert_descriptor(life_of(w, 3), 1, 2, 4, HOW_SCM_RIGHTS, BY_CLOEXEC);
	assert_descriptor(life_of(w, 3), 2, 2, 5, HOW_SCM_RIGHTS, BY_OPEN);
}

static void a_receive_may_return_before_its_send(void **state)
{
	struct world *w = *state;
	int64_t received;
	uint64_t at;

	two_processes(w, SOCK_STREAM);
	at = enter(w);
	take(w, 10, 4, 3, 2);
	received = NOW(w);
	passed(w, at, 7, 3, 1);
	DID(w, sendmsg, .sk = SK(1), .ret = 1, .args = { 90 }, .dur = at);
	close_of(w, 7, 3);
	assert_int_equal(life_of(w, 3)->flight_count, 1);
	assert_flight(life_of(w, 3), 0, at - MONO, received, w->events[3].id, w->events[2].id);
	assert_int_equal(life_of(w, 3)->closed, OPEN);
}

static void what_comes_from_outside_was_received(void **state)
{
	struct world *w = *state;
	const struct life *l;

	pair(w, 90, 1, SOCK_STREAM);
	feed(w, record_sock(SK(3), 3, AF_INET, SOCK_STREAM));
	feed(w, record_name((struct rec_name){ .sk = SK(3), TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER) }, inet(80),
			    inet(4000)));
	take(w, 1, 4, 3, 2);
	l = life_of(w, 3);
	assert_int_equal(l->origin, ORIGIN_RECEIVED);
	STATES_ARE(l, STATE_CONNECTED);
	assert_flight(l, 0, OPEN, NOW(w), 0, event_last(w)->id);
	assert_descriptor(l, 0, 1, 4, HOW_SCM_RIGHTS, BY_OPEN);
	assert_false(l->uncertain);
}

static void what_was_closed_and_comes_again_was_held_elsewhere(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_STREAM);
	tcp(w, 7, 3);
	close_of(w, 7, 3);
	take(w, 1, 4, 3, 2);
	assert_int_equal(life_of(w, 3)->closed, OPEN);
	assert_descriptor(life_of(w, 3), 1, 1, 4, HOW_SCM_RIGHTS, BY_OPEN);
	assert_true(life_of(w, 3)->uncertain);
}

static void a_passed_number_tells_of_a_socket_never_seen(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_STREAM);
	feed(w, record_sock(SK(3), 3, AF_INET, SOCK_STREAM));
	pass(w, 7, 3, 1, 1);
	assert_int_equal(life_of(w, 3)->origin, ORIGIN_SNAPSHOT);
	assert_descriptor(life_of(w, 3), 0, 1, 7, HOW_SNAPSHOT, BY_OPEN);
	assert_int_equal(life_of(w, 3)->flight_count, 1);
}

static void a_peek_takes_a_descriptor_and_leaves_the_message(void **state)
{
	struct world *w = *state;

	two_processes(w, SOCK_STREAM);
	pass(w, 7, 3, 1, 1);
	take_with(w, 10, 4, 3, 2, MSG_PEEK);
	assert_descriptor(life_of(w, 3), 1, 2, 4, HOW_SCM_RIGHTS, BY_OPEN);
	assert_int_equal(life_of(w, 3)->flights[0].to, OPEN);
	assert_int_equal(life_of(w, 3)->flight_count, 1);
}

static void a_send_that_fails_passes_nothing(void **state)
{
	struct world *w = *state;
	uint64_t at;

	pair(w, 90, 1, SOCK_STREAM);
	tcp(w, 7, 3);
	at = enter(w);
	passed(w, at, 7, 3, 1);
	DID(w, sendmsg, .sk = SK(1), .ret = -EAGAIN, .args = { 90 }, .dur = at);
	DID(w, sendmsg, .sk = SK(1), .ret = 1, .args = { 90 });
	pass(w, 7, 3, 1, 0); /* a stream has no empty message */
	assert_int_equal(life_of(w, 3)->flight_count, 0);
}

static void other_families_pass_nothing(void **state)
{
	struct world *w = *state;

	tcp(w, 90, 1);
	tcp(w, 7, 3);
	pass(w, 7, 3, 1, 5); /* net/core/sock.c:__sock_cmsg_send() ignores it */
	assert_int_equal(life_of(w, 3)->flight_count, 0);
}

static void a_receive_ends_the_oldest_of_its_own_queue(void **state)
{
	struct world *w = *state;
	int64_t first;

	pair(w, 90, 1, SOCK_STREAM);
	pair(w, 92, 11, SOCK_STREAM);
	tcp(w, 7, 3);
	pass(w, 7, 3, 11, 1);
	pass(w, 7, 3, 1, 1);
	first = event_last(w)->id;
	pass(w, 7, 3, 1, 1);
	take(w, 1, 8, 3, 2);
	assert_int_equal(life_of(w, 3)->flights[0].to, OPEN);
	assert_int_equal(life_of(w, 3)->flights[1].to, NOW(w));
	assert_int_equal(life_of(w, 3)->flights[1].sent, first);
	assert_int_equal(life_of(w, 3)->flights[2].to, OPEN);
}

static void it_may_come_by_the_number_of_what_it_came_through(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_STREAM);
	tcp(w, 7, 3);
	pass(w, 7, 3, 1, 1);
	close_of(w, 7, 3);
	take(w, 1, 91, 3, 2); /* whose close was lost */
	assert_int_equal(life_of(w, 3)->flights[0].received, event_last(w)->id);
	assert_descriptor(life_of(w, 3), 1, 1, 91, HOW_SCM_RIGHTS, BY_OPEN);
	assert_int_equal(life_of(w, 3)->closed, OPEN);
}

static void a_number_used_again_was_not_received(void **state)
{
	struct world *w = *state;
	uint64_t at;

	pair(w, 90, 1, SOCK_STREAM);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	at = enter(w);
	tcp(w, 7, 3); /* after another thread closed what the receive had got by that number */
	taken(w, 2, at, 7, 3, 2);
	DID(w, recvmsg, .h.tid = 2, .sk = SK(2), .ret = 1, .args = { 91 }, .dur = at);
	assert_int_equal(life_of(w, 3)->flight_count, 0);
	assert_int_equal(life_of(w, 3)->descriptor_count, 1);
}

static void a_fact_whose_call_was_lost_is_not_the_next_ones(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_STREAM);
	tcp(w, 7, 3);
	passed(w, enter(w), 7, 3, 1);
	DID(w, sendmsg, .sk = SK(1), .ret = 1, .args = { 90 });
	assert_int_equal(life_of(w, 3)->flight_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(what_is_in_flight_outlives_its_descriptors),
		WORLD_TEST(the_receivers_close_is_the_last_one),
		WORLD_TEST(close_on_exec_is_the_receives_to_say),
		WORLD_TEST(a_receive_may_return_before_its_send),
		WORLD_TEST(what_comes_from_outside_was_received),
		WORLD_TEST(what_was_closed_and_comes_again_was_held_elsewhere),
		WORLD_TEST(a_passed_number_tells_of_a_socket_never_seen),
		WORLD_TEST(a_peek_takes_a_descriptor_and_leaves_the_message),
		WORLD_TEST(a_send_that_fails_passes_nothing),
		WORLD_TEST(other_families_pass_nothing),
		WORLD_TEST(a_receive_ends_the_oldest_of_its_own_queue),
		WORLD_TEST(it_may_come_by_the_number_of_what_it_came_through),
		WORLD_TEST(a_number_used_again_was_not_received),
		WORLD_TEST(a_fact_whose_call_was_lost_is_not_the_next_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
