/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_histories.c: what lives long keeps no more of its past than fits, and what it counts is right all the same.
 */
#include "flight.h"

#define MANY 5000

static void assert_kept(size_t count, uint64_t omitted, uint64_t all)
{
	assert_true(count <= HISTORY_MAX && count >= HISTORY_MAX / 2);
	assert_int_equal(count + omitted, all);
}

static void assert_in_order(const struct life *l)
{
	for (size_t i = 1; i < l->descriptor_count; i++)
		assert_true(l->descriptors[i - 1].from <= l->descriptors[i].from);
}

static void fork_of(struct world *w, uint32_t pid)
{
	feed(w, record_fork(1, pid, pid, FILES(1), FILES(pid)));
}

static void of_a_listeners_descriptors_in_children_the_first_and_the_open_ones_stay(void **state)
{
	struct world *w = *state;
	const struct life *l;
	int64_t forked, ended;

	tcp(w, 3, 1);
	for (uint32_t pid = 2; pid < MANY; pid++) {
		fork_of(w, pid);
		if (pid == 2)
			forked = NOW(w);
		else
			feed(w, record_exit(pid, pid, 0, 0));
	}
	feed(w, record_exit(2, 2, 0, 0));
	ended = NOW(w);
	l = life_of(w, 1);
	assert_kept(l->descriptor_count, l->omitted[HISTORY_DESCRIPTORS], MANY - 1);
	assert_in_order(l);
	assert_descriptor(l, 0, 1, 3, HOW_SOCKET, BY_OPEN);
	assert_descriptor(l, 1, 2, 3, HOW_FORK, BY_EXIT);
	assert_int_equal(l->descriptors[1].from, forked);
	assert_int_equal(l->descriptors[1].to, ended);
	assert_descriptor(l, l->descriptor_count - 1, MANY - 1, 3, HOW_FORK, BY_EXIT);
	assert_int_equal(l->closed, OPEN);
	assert_false(l->uncertain);
}

/* Nothing has ended: nothing can go; then all that has ended but a few. */
static void what_is_open_is_kept_however_much_there_is(void **state)
{
	struct world *w = *state;
	const struct life *l;

	tcp(w, 3, 1);
	for (uint32_t pid = 2; pid < MANY; pid++)
		fork_of(w, pid);
	for (uint32_t pid = 2; pid < MANY; pid++)
		feed(w, record_exit(pid, pid, 0, 0));
	for (uint32_t pid = MANY; pid < 2 * MANY; pid++) {
		fork_of(w, pid);
		feed(w, record_exit(pid, pid, 0, 0));
	}
	close_of(w, 3, 1);
	l = life_of(w, 1);
	assert_kept(l->descriptor_count, l->omitted[HISTORY_DESCRIPTORS], 2 * MANY - 1);
	assert_int_equal(l->closed, event_last(w)->t);
	assert_int_equal(l->closed_by, BY_CLOSE);
	for (size_t i = 0; i < l->descriptor_count; i++)
		assert_int_not_equal(l->descriptors[i].to, OPEN);
}

static void of_peers_the_first_and_the_last_stay(void **state)
{
	struct world *w = *state;
	const struct rec_name name = { .sk = SK(1), TCP(TCP_ESTABLISHED, | VIEW_BOUND | VIEW_PEER) };
	const struct life *l;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	for (uint16_t port = 1; port <= MANY; port++)
		feed(w, record_name(name, inet(9), inet(port)));
	l = life_of(w, 1);
	assert_kept(l->peer_count, l->omitted[HISTORY_PEERS], MANY);
	assert_int_equal(address_port(&l->peers[0].peer), 1);
	assert_int_equal(address_port(&l->peers[l->peer_count - 1].peer), MANY);
	assert_int_equal(l->peers[l->peer_count - 1].to, OPEN);
	for (size_t i = 2; i < l->peer_count; i++)
		assert_int_equal(l->peers[i].from, l->peers[i - 1].to);
}

static void of_attempts_and_states_the_first_and_the_last_stay(void **state)
{
	struct world *w = *state;
	const struct life *l;

	tcp(w, 3, 1);
	for (int i = 0; i < MANY; i++)
		connect_of(w, 1, ECONNREFUSED, TCP_CLOSE);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
	l = life_of(w, 1);
	assert_kept(l->attempt_count, l->omitted[HISTORY_ATTEMPTS], MANY + 1);
	assert_kept(l->state_count, l->omitted[HISTORY_STATES], 1 + 2 * (MANY + 1));
	assert_int_equal(l->states[0].state, STATE_CREATED);
	assert_int_equal(l->states[l->state_count - 1].state, STATE_CONNECTED);
	assert_int_equal(l->states[l->state_count - 1].to, OPEN);
	assert_int_equal(l->attempts[0].error, ECONNREFUSED);
	assert_int_equal(l->attempts[l->attempt_count - 1].outcome, ATTEMPT_CONNECTED);
	assert_false(l->uncertain);
}

static void what_is_in_flight_is_found_after_many_flights(void **state)
{
	struct world *w = *state;
	const struct life *l;
	int64_t sent;

	two_processes(w, SOCK_STREAM);
	pair(w, 92, 11, SOCK_STREAM);
	pass(w, 7, 3, 11, 1); /* stays in the queue of 12 */
	sent = event_last(w)->id;
	for (int i = 0; i < MANY; i++) {
		pass(w, 7, 3, 1, 1);
		take(w, 10, 4, 3, 2);
		close_by(w, 10, 4, 3);
	}
	close_of(w, 7, 3);
	close_of(w, 93, 12);
	l = life_of(w, 3);
	assert_kept(l->flight_count, l->omitted[HISTORY_FLIGHTS], MANY + 1);
	assert_kept(l->descriptor_count, l->omitted[HISTORY_DESCRIPTORS], MANY + 1);
	assert_flight(l, 0, l->flights[0].from, event_last(w)->t, sent, 0);
	assert_int_equal(l->closed, event_last(w)->t);
	assert_false(l->uncertain);
}

static void flights_that_nobody_sees_end_do_not_pile_up(void **state)
{
	struct world *w = *state;
	const struct life *l;

	pair(w, 90, 1, SOCK_STREAM);
	feed(w, record_fork(1, 10, 10, FILES(1), FILES(2)));
	close_of(w, 91, 2);
	feed(w, record_exit(10, 10, 0, 0));
	tcp(w, 7, 3);
	for (int i = 0; i < 4 * MANY; i++)
		pass(w, 7, 3, 1, 1);
	l = life_of(w, 3);
	assert_true(l->flight_count < 2 * MANY);
	assert_int_equal(l->flight_count + l->omitted[HISTORY_FLIGHTS], 4 * MANY);
	assert_true(l->uncertain);
}

static void of_execs_the_first_and_the_last_stay(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < MANY; i++)
		feed(w, record_exec(1, 1, FILES(1)));
	finish(w);
	assert_int_equal(w->processes[0].exec_count, HISTORY_MAX);
	assert_int_equal(w->processes[0].execs_omitted, MANY - HISTORY_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(of_a_listeners_descriptors_in_children_the_first_and_the_open_ones_stay),
		WORLD_TEST(what_is_open_is_kept_however_much_there_is),
		WORLD_TEST(of_peers_the_first_and_the_last_stay),
		WORLD_TEST(of_attempts_and_states_the_first_and_the_last_stay),
		WORLD_TEST(what_is_in_flight_is_found_after_many_flights),
		WORLD_TEST(flights_that_nobody_sees_end_do_not_pile_up),
		WORLD_TEST(of_execs_the_first_and_the_last_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
