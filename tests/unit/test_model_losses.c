/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model*.c: what is made of a trace in which records are missing.
 */
#include "world.h"

static void another_inode_at_the_same_address_is_another_socket(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_sock(SK(1), 2, AF_INET, SOCK_DGRAM)); /* its close() was not seen */
	DID(w, socket, .sk = SK(1), .ret = 4, .args = { AF_INET, SOCK_DGRAM });
	assert_int_equal(life_of(w, 1)->closed, 40);
	assert_true(life_of(w, 1)->uncertain);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_CLOSE);
	assert_false(life_of(w, 2)->uncertain);
	assert_int_equal(life_of(w, 2)->type, SOCK_DGRAM);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
	assert_true(life_of(w, 1)->id < life_of(w, 2)->id);
}

static void a_socket_without_its_record_is_uncertain(void **state)
{
	struct world *w = *state;

	DID(w, sendto, .sk = SK(1), .ret = 5, .args = { 7, 0, 5 });
	finish(w);
	assert_int_equal(w->life_count, 1);
	assert_false(w->lives[0].known);
	assert_true(w->lives[0].uncertain);
	assert_int_equal(w->lives[0].inode, 0);
}

static void a_closed_socket_without_its_record_is_not_the_next_at_its_address(void **state)
{
	struct world *w = *state;

	DID(w, sendto, .sk = SK(1), .ret = 5, .args = { 7, 0, 5 });
	close_of(w, 7, 1);
	tcp(w, 7, 1);
	assert_int_equal(life_of(w, 0)->closed, 30);
	STATES_ARE(life_of(w, 1), STATE_CREATED);
}

static void a_new_socket_without_its_record_is_not_the_last_at_its_address(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	close_of(w, 3, 1);
	DID(w, socket, .sk = SK(1), .ret = 3, .args = { AF_INET, SOCK_STREAM });
	DID(w, accept, .sk = SK(1), .sk2 = SK(1), .ret = 4, .args = { 3 }); /* nonsense, survived */
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_false(life_of(w, 0)->known);
	assert_int_equal(life_of(w, 0)->closed, OPEN);
}

static void an_unknown_thread_gets_a_process(void **state)
{
	struct world *w = *state;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_DGRAM));
	DID(w, socket, .h.tid = 77, .sk = SK(1), .ret = 3, .args = { AF_INET, SOCK_DGRAM });
	assert_descriptor(life_of(w, 1), 0, 2, 3, HOW_SOCKET, BY_OPEN);
	assert_int_equal(w->process_count, 2);
	assert_int_equal(w->processes[1].pid, 77);
}

static void a_record_that_contradicts_itself_is_refused(void **state)
{
	struct world *w = *state;
	union record r = call_of(CALL_read, (struct rec_call){ .data_len = 9 });

	assert_int_equal(model_record(w->m, &r.h), -EBADMSG);
}

static void a_close_whose_entry_was_lost_still_closes(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, close, .sk = SK(1), .args = { 3 });
	assert_int_equal(life_of(w, 1)->closed_by, BY_CLOSE);
	assert_int_equal(life_of(w, 1)->states[1].cause, event_last(w)->id);
}

static void an_entry_without_its_return_is_not_the_next_calls(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	ENTER(w, close, .sk = SK(1), .args = { 3 });
	DID(w, close, .sk = SK(2), .args = { 4 });
	assert_int_equal(event_last(w)->socket, life_of(w, 2)->id);
	assert_int_equal(life_of(w, 1)->closed_by, BY_CLOSE);
	assert_int_equal(life_of(w, 2)->closed_by, BY_CLOSE);
}

static void a_number_used_again_ends_what_it_named(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	tcp(w, 3, 2); /* its close() was lost */
	assert_int_equal(life_of(w, 1)->closed, life_of(w, 2)->descriptors[0].from);
	assert_true(life_of(w, 1)->uncertain);
	assert_false(life_of(w, 2)->uncertain);
}

static void a_lost_task_record_comes_late(void **state)
{
	struct world *w = *state;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	DID(w, socket, .h.tid = 30, .sk = SK(1), .ret = 3, .args = { AF_INET, SOCK_STREAM });
	feed(w, record_task(30, 30, FILES(3)));
	close_by(w, 30, 3, 1);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_descriptor(life_of(w, 1), 0, 2, 3, HOW_SOCKET, BY_CLOSE);
	assert_int_equal(w->process_count, 2);
}

static void a_process_whose_exit_was_lost_ends_with_its_numbers_next_use(void **state)
{
	struct world *w = *state;

	feed(w, record_fork(1, 10, 10, FILES(1), FILES(2)));
	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	DID(w, socket, .h.tid = 10, .sk = SK(1), .ret = 3, .args = { AF_INET, SOCK_STREAM });
	feed(w, record_fork(1, 10, 10, FILES(1), FILES(3)));
	assert_int_equal(life_of(w, 1)->closed_by, BY_EXIT);
	assert_int_equal(w->process_count, 3);
	assert_int_equal(w->processes[0].id, 2);
	assert_false(w->processes[0].exited);
}

static void a_table_whose_end_was_lost_hands_nothing_on(void **state)
{
	struct world *w = *state;

	feed(w, record_fork(1, 10, 10, FILES(1), FILES(2)));
	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	DID(w, socket, .h.tid = 10, .sk = SK(1), .ret = 3, .args = { AF_INET, SOCK_STREAM });
	feed(w, record_fork(1, 11, 11, FILES(1), FILES(2)));
	assert_int_equal(life_of(w, 1)->closed_by, BY_EXIT);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
}

static void forks_of_nonsense_are_survived(void **state)
{
	struct world *w = *state;
	union record r = record_fork(1, 1, 1, FILES(1), FILES(2));

	tcp(w, 3, 1);
	r.fork.parent_tgid = 5; /* itself as a child, of another process */
	feed(w, r);
	feed(w, record_fork(1, 10, 10, FILES(7), FILES(1))); /* a copy of another table into its own */
	feed(w, record_fork(99, 99, 99, FILES(7), FILES(8)));
	feed(w, record_exec(50, 51, FILES(1)));
	feed(w, record_exit(1, 50, 0, 0));
	assert_int_equal(life_of(w, 1)->closed, OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(another_inode_at_the_same_address_is_another_socket),
		WORLD_TEST(a_socket_without_its_record_is_uncertain),
		WORLD_TEST(a_closed_socket_without_its_record_is_not_the_next_at_its_address),
		WORLD_TEST(a_new_socket_without_its_record_is_not_the_last_at_its_address),
		WORLD_TEST(an_unknown_thread_gets_a_process),
		WORLD_TEST(a_record_that_contradicts_itself_is_refused),
		WORLD_TEST(a_close_whose_entry_was_lost_still_closes),
		WORLD_TEST(an_entry_without_its_return_is_not_the_next_calls),
		WORLD_TEST(a_number_used_again_ends_what_it_named),
		WORLD_TEST(a_lost_task_record_comes_late),
		WORLD_TEST(a_process_whose_exit_was_lost_ends_with_its_numbers_next_use),
		WORLD_TEST(a_table_whose_end_was_lost_hands_nothing_on),
		WORLD_TEST(forks_of_nonsense_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
