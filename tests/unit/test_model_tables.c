/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_tables.c: which socket a number names, from when to when, in one process.
 */
#include "world.h"

static void dup_of(struct world *w, int from, int to, int n)
{
	DID(w, dup, .sk = SK(n), .ret = to, .args = { (__u64)from });
}

static void the_close_of_one_of_two_is_not_the_end(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	dup_of(w, 3, 4, 1);
	close_of(w, 3, 1);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_CLOSE);
	assert_descriptor(life_of(w, 1), 1, 1, 4, HOW_DUP, BY_OPEN);
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
	assert_int_equal(life_of(w, 1)->closed, OPEN);
}

static void the_last_close_is(void **state)
{
	struct world *w = *state;
	const struct life *l;

	tcp(w, 3, 1);
	dup_of(w, 3, 4, 1);
	close_of(w, 3, 1);
	close_of(w, 4, 1);
	l = life_of(w, 1);
	assert_int_equal(l->closed, l->descriptors[1].to);
	assert_int_equal(l->closed, event_last(w)->t); /* at the entry */
	assert_int_equal(l->closed_by, BY_CLOSE);
	assert_int_equal(l->states[1].cause, event_last(w)->id);
	assert_false(l->held);
}

static void dup2_closes_what_the_number_named(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	DID(w, dup2, .sk = SK(1), .sk2 = SK(2), .ret = 4, .args = { 3, 4 });
	assert_int_equal(life_of(w, 2)->closed, w->now - MONO);
	assert_int_equal(life_of(w, 2)->closed_by, BY_DUP2);
	assert_int_equal(life_of(w, 2)->states[1].cause, event_last(w)->id);
	assert_int_equal(event_last(w)->socket, life_of(w, 1)->id);
	assert_descriptor(life_of(w, 1), 1, 1, 4, HOW_DUP, BY_OPEN);
}

static void dup2_of_a_file_closes_a_socket(void **state)
{
	struct world *w = *state;

	tcp(w, 4, 2);
	DID(w, dup2, .sk2 = SK(2), .ret = 4, .args = { 1, 4 });
	assert_int_equal(life_of(w, 2)->closed_by, BY_DUP2);
	assert_int_equal(event_last(w)->socket, life_of(w, 2)->id);
}

static void dup2_closes_a_socket_never_seen_before(void **state)
{
	struct world *w = *state;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	DID(w, dup2, .sk2 = SK(1), .ret = 4, .args = { 0, 4 });
	assert_descriptor(life_of(w, 1), 0, 1, 4, HOW_SNAPSHOT, BY_DUP2);
	assert_int_equal(life_of(w, 1)->closed, w->now - MONO);
}

static void dup2_that_fails_closes_nothing(void **state)
{
	struct world *w = *state;

	tcp(w, 4, 2);
	DID(w, dup2, .sk2 = SK(2), .ret = -EBADF, .args = { 99, 4 });
	assert_int_equal(life_of(w, 2)->closed, OPEN);
}

static void dup2_onto_itself_does_nothing(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, dup2, .sk = SK(1), .sk2 = SK(1), .ret = 3, .args = { 3, 3 });
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_OPEN);
}

static void a_slow_close_leaves_the_numbers_next_owner_alone(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	tcp(w, 5, 2);
	feed(w, record_fork(1, 9, 1, FILES(1), FILES(1)));
	at = ENTER(w, close, .h.tid = 9, .sk = SK(2), .args = { 5 });
	feed(w, record_sock(SK(3), 3, AF_INET, SOCK_STREAM));
	DID(w, accept, .sk = SK(1), .sk2 = SK(3), .ret = 5, .args = { 3 });
	DID(w, close, .h.tid = 9, .sk = SK(2), .args = { 5 }, .dur = at);
	DID(w, read, .sk = SK(3), .args = { 5 }, .ret = 1);
	assert_int_equal(w->events[4].socket, life_of(w, 2)->id);
	assert_int_equal(w->events[4].dur, w->now - at - 10);
	assert_int_equal(w->events[4].t, life_of(w, 2)->closed);
	assert_null(w->events[4].note);
	assert_int_equal(event_last(w)->socket, life_of(w, 3)->id);
	assert_descriptor(life_of(w, 3), 0, 1, 5, HOW_ACCEPT, BY_OPEN);
	assert_false(life_of(w, 3)->uncertain || life_of(w, 2)->uncertain || life_of(w, 2)->held);
}

static void a_slow_close_names_its_socket_though_the_address_is_used_again(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 5, 1);
	at = ENTER(w, close, .h.tid = 9, .sk = SK(1), .args = { 5 });
	close_of(w, 5, 1);
	feed(w, record_sock(SK(1), 2, AF_INET, SOCK_STREAM));
	DID(w, socket, .sk = SK(1), .ret = 5, .args = { AF_INET, SOCK_STREAM });
	DID(w, close, .h.tid = 9, .sk = SK(1), .args = { 5 }, .dur = at);
	assert_int_equal(event_last(w)->socket, life_of(w, 1)->id);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
	assert_int_equal(life_of(w, 2)->descriptor_count, 1);
}

static void a_call_on_a_number_that_another_thread_closed_does_not_open_it(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	dup_of(w, 3, 4, 1);
	feed(w, record_fork(1, 10, 10, FILES(1), FILES(1))); /* a process that shares the table */
	at = w->now;
	close_of(w, 3, 1);
	DID(w, read, .h.tid = 10, .h.flags = CALL_NO_FILE, .sk = SK(1), .args = { 3 }, .dur = at);
	assert_int_equal(event_last(w)->socket, life_of(w, 1)->id);
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
	assert_descriptor(life_of(w, 1), 1, 1, 4, HOW_DUP, BY_OPEN);
}

static void a_known_socket_at_an_unknown_number_was_received(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_task(20, 20, FILES(2)));
	DID(w, read, .h.tid = 20, .sk = SK(1), .args = { 8 });
	assert_descriptor(life_of(w, 1), 1, 2, 8, HOW_SCM_RIGHTS, BY_OPEN);
	assert_true(life_of(w, 1)->descriptors[1].from > 0);
	assert_true(life_of(w, 1)->uncertain); /* when it came is not known */
}

static void a_dup_that_returns_after_the_last_close_opens_nothing(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	close_of(w, 3, 1);
	dup_of(w, 3, 4, 1);
	for (int n = 2; n < 1000; n++) { /* until it is forgotten */
		tcp(w, 3, n);
		close_of(w, 3, n);
	}
	close_of(w, 4, 1);
	feed(w, record_exit(1, 1, 0, 0));
	finish(w);
	assert_int_equal(w->lives[0].descriptor_count, 1);
	assert_true(w->lives[0].uncertain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(the_close_of_one_of_two_is_not_the_end),
		WORLD_TEST(the_last_close_is),
		WORLD_TEST(dup2_closes_what_the_number_named),
		WORLD_TEST(dup2_of_a_file_closes_a_socket),
		WORLD_TEST(dup2_closes_a_socket_never_seen_before),
		WORLD_TEST(dup2_that_fails_closes_nothing),
		WORLD_TEST(dup2_onto_itself_does_nothing),
		WORLD_TEST(a_slow_close_leaves_the_numbers_next_owner_alone),
		WORLD_TEST(a_slow_close_names_its_socket_though_the_address_is_used_again),
		WORLD_TEST(a_call_on_a_number_that_another_thread_closed_does_not_open_it),
		WORLD_TEST(a_known_socket_at_an_unknown_number_was_received),
		WORLD_TEST(a_dup_that_returns_after_the_last_close_opens_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
