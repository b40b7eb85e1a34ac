/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_tasks.c: fork, threads, exec and exit, and what they do to descriptors.
 */
#include <fcntl.h>

#include "world.h"

static void dup_of(struct world *w, int from, int to, int n)
{
	DID(w, dup, .sk = SK(n), .ret = to, .args = { (__u64)from });
}

static void an_exec_ends_what_is_close_on_exec_and_keeps_the_rest(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	socket_of(w, 4, 2, AF_INET, SOCK_STREAM | SOCK_CLOEXEC);
	DID(w, dup3, .sk = SK(1), .ret = 5, .args = { 3, 5, O_CLOEXEC });
	DID(w, fcntl, .sk = SK(1), .ret = 6, .args = { 3, F_DUPFD_CLOEXEC, 6 });
	DID(w, fcntl, .sk = SK(1), .ret = 7, .args = { 3, F_DUPFD, 7 });
	feed(w, record_exec(1, 1, FILES(1)));
	assert_int_equal(life_of(w, 1)->descriptor_count, 4);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_OPEN);
	assert_descriptor(life_of(w, 1), 1, 1, 5, HOW_DUP, BY_CLOEXEC);
	assert_descriptor(life_of(w, 1), 2, 1, 6, HOW_DUP, BY_CLOEXEC);
	assert_descriptor(life_of(w, 1), 3, 1, 7, HOW_DUP, BY_OPEN);
	assert_int_equal(life_of(w, 2)->closed, w->now - MONO);
	assert_int_equal(life_of(w, 2)->closed_by, BY_CLOEXEC);
	assert_int_equal(life_of(w, 2)->states[1].cause, 0);
	assert_non_null(life_of(w, 2)->states[1].fact);
}

static void f_setfd_changes_what_an_exec_does(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	socket_of(w, 4, 2, AF_INET, SOCK_STREAM | SOCK_CLOEXEC);
	DID(w, fcntl, .sk = SK(1), .args = { 3, F_SETFD, FD_CLOEXEC });
	DID(w, fcntl, .sk = SK(2), .args = { 4, F_SETFD, 0 });
	DID(w, fcntl, .sk = SK(2), .ret = -EBADF, .args = { 4, F_SETFD, FD_CLOEXEC });
	feed(w, record_exec(1, 1, FILES(1)));
	assert_int_equal(life_of(w, 1)->closed_by, BY_CLOEXEC);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
}

static void an_exec_by_another_thread_ends_the_others(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	feed(w, record_exit(1, 1, 1, 0));
	feed(w, record_exec(1, 2, FILES(1))); /* thread 2 has the number 1 now */
	DID(w, read, .sk = SK(1), .args = { 3 });
	feed(w, record_task(2, 20, FILES(9))); /* and 2 is another's */
	feed(w, record_exit(2, 20, 0, 0));
	feed(w, record_exit(1, 1, 0, 0));
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_EXIT);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
}

static void fork_copies_all_descriptors(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	dup_of(w, 3, 4, 1);
	feed(w, record_fork(1, 10, 10, FILES(1), FILES(2)));
	close_by(w, 10, 3, 1);
	assert_int_equal(life_of(w, 1)->descriptor_count, 4);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_OPEN);
	assert_descriptor(life_of(w, 1), 1, 1, 4, HOW_DUP, BY_OPEN);
	assert_descriptor(life_of(w, 1), 2, 2, 3, HOW_FORK, BY_CLOSE);
	assert_descriptor(life_of(w, 1), 3, 2, 4, HOW_FORK, BY_OPEN);
	assert_int_equal(w->processes[1].parent, 1);
	assert_true(w->processes[1].start > 0);
}

static void clone_files_shares_them(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	dup_of(w, 3, 4, 1);
	feed(w, record_fork(1, 10, 10, FILES(1), FILES(1)));
	close_by(w, 10, 3, 1);
	tcp(w, 3, 2);
	DID(w, read, .h.tid = 10, .sk = SK(2), .args = { 3 });
	feed(w, record_exit(1, 1, 0, 0)); /* the other still has them */
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_CLOSE);
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
	assert_int_equal(life_of(w, 2)->descriptor_count, 1);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
}

static void an_exec_unshares_a_shared_table(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_STREAM | SOCK_CLOEXEC);
	tcp(w, 4, 2);
	feed(w, record_fork(1, 10, 10, FILES(1), FILES(1)));
	feed(w, record_exec(10, 10, FILES(2)));
	close_by(w, 10, 4, 2);
	assert_int_equal(life_of(w, 1)->closed, OPEN);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_OPEN);
	assert_descriptor(life_of(w, 2), 0, 1, 4, HOW_SOCKET, BY_OPEN);
	assert_descriptor(life_of(w, 2), 1, 2, 4, HOW_FORK, BY_CLOSE);
}

static void threads_share_their_process_and_its_table(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	dup_of(w, 3, 4, 1);
	close_by(w, 2, 3, 1);
	feed(w, record_exit(2, 1, 1, 0)); /* a thread's end ends nothing */
	assert_int_equal(w->process_count, 0);
	assert_int_equal(life_of(w, 1)->closed, OPEN);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_CLOSE);
	assert_int_equal(w->process_count, 1);
}

static void a_thread_that_unshares_leaves_the_others_theirs(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	feed(w, record_task(2, 1, FILES(2)));
	close_by(w, 2, 3, 1);
	DID(w, read, .sk = SK(1), .args = { 3 });
	tcp(w, 5, 2);
	assert_null(w->lives);
	feed(w, record_exit(2, 1, 1, 0));
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_OPEN);
	assert_descriptor(life_of(w, 1), 1, 1, 3, HOW_FORK, BY_CLOSE);
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
}

static void the_first_thread_that_unshares_does_so_too(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	feed(w, record_task(1, 1, FILES(2)));
	DID(w, read, .h.tid = 2, .sk = SK(1), .args = { 3 });
	feed(w, record_exit(2, 1, 1, 0)); /* with it goes the table that it alone had */
	close_of(w, 3, 1);
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_EXIT);
	assert_descriptor(life_of(w, 1), 1, 1, 3, HOW_FORK, BY_CLOSE);
	assert_int_equal(life_of(w, 1)->closed_by, BY_CLOSE);
}

static void what_another_thread_closes_around_an_unshare(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	tcp(w, 5, 3);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	close_of(w, 3, 1);
	feed(w, record_task(2, 1, FILES(2)));
	close_of(w, 4, 2);
	close_by(w, 2, 5, 3);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_true(life_of(w, 1)->closed > 0);
	assert_descriptor(life_of(w, 2), 0, 1, 4, HOW_SOCKET, BY_CLOSE);
	assert_descriptor(life_of(w, 2), 1, 1, 4, HOW_FORK, BY_OPEN);
	assert_descriptor(life_of(w, 3), 0, 1, 5, HOW_SOCKET, BY_OPEN);
	assert_descriptor(life_of(w, 3), 1, 1, 5, HOW_FORK, BY_CLOSE);
	assert_false(life_of(w, 2)->uncertain || life_of(w, 3)->uncertain);
}

static void a_process_that_unshares_has_its_own_from_then_on(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_fork(1, 10, 10, FILES(1), FILES(1)));
	feed(w, record_task(10, 10, FILES(2)));
	tcp(w, 4, 2);
	close_of(w, 3, 1);
	feed(w, record_exit(10, 10, 0, 0));
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_CLOSE);
	assert_descriptor(life_of(w, 1), 1, 2, 3, HOW_FORK, BY_EXIT);
	assert_int_equal(life_of(w, 1)->closed_by, BY_EXIT);
	assert_int_equal(life_of(w, 2)->descriptor_count, 1);
}

/* A fork whose table was copied some time in the last `took` ns. */
static void fork_slowly(struct world *w, uint32_t took)
{
	union record r = record_fork(1, 10, 10, FILES(1), FILES(2));

	r.fork.took = took;
	feed(w, r);
}

static void what_opened_while_a_table_was_copied_is_uncertain(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	DID(w, socket, .h.tid = 2, .sk = SK(2), .ret = 4, .args = { AF_INET, SOCK_STREAM });
	fork_slowly(w, 15);
	assert_false(life_of(w, 1)->uncertain);
	assert_true(life_of(w, 2)->uncertain);
	assert_descriptor(life_of(w, 2), 1, 2, 4, HOW_FORK, BY_OPEN);
}

static void what_closed_while_a_table_was_copied_may_be_in_it(void **state)
{
	struct world *w = *state;
	uint64_t forked;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	tcp(w, 5, 3);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	close_by(w, 2, 5, 3);
	close_by(w, 2, 3, 1);
	fork_slowly(w, 25);
	forked = w->now;
	DID(w, read, .h.tid = 10, .sk = SK(1), .ret = 1, .args = { 3, 0, 1 });
	DID(w, read, .h.tid = 10, .sk = SK(3), .ret = 1, .args = { 5, 0, 1 });
	assert_descriptor(life_of(w, 1), 1, 2, 3, HOW_FORK, BY_OPEN);
	assert_int_equal(life_of(w, 1)->descriptors[1].from, forked - MONO);
	assert_int_equal(life_of(w, 1)->closed, OPEN);
	assert_true(life_of(w, 1)->uncertain);
	assert_false(life_of(w, 2)->uncertain);
	assert_descriptor(life_of(w, 3), 1, 2, 5, HOW_SCM_RIGHTS, BY_OPEN); /* it closed before */
}

static void an_exit_closes_what_no_other_table_holds(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_fork(1, 10, 10, FILES(1), FILES(2)));
	tcp(w, 4, 2);
	feed(w, record_exit(1, 1, 0, 3 << 8));
	assert_int_equal(life_of(w, 1)->closed, OPEN);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_EXIT);
	assert_int_equal(life_of(w, 2)->closed_by, BY_EXIT);
	assert_int_equal(life_of(w, 2)->states[1].cause, 0);
	assert_string_equal(life_of(w, 2)->states[1].fact, "exit");
	assert_true(w->processes[0].exited);
	assert_int_equal(w->processes[0].code, 3);
	assert_int_equal(w->processes[0].end, w->now - MONO);
	assert_false(w->processes[1].exited);
}

static void an_earlier_close_is_not_the_cause_of_an_exits(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	dup_of(w, 3, 4, 1);
	close_of(w, 3, 1);
	feed(w, record_exit(1, 1, 0, 9));
	assert_int_equal(life_of(w, 1)->states[1].cause, 0);
	assert_int_equal(w->processes[0].signal, 9);
}

static void many_processes_come_and_go(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	for (uint32_t pid = 2; pid < 5000; pid++) {
		feed(w, record_fork(1, pid, pid, FILES(1), FILES(pid)));
		feed(w, record_exec(pid, pid, FILES(pid)));
		feed(w, record_exit(pid, pid, 0, 0));
		assert_int_equal(w->process_count, pid - 1);
	}
	assert_int_equal(life_of(w, 1)->descriptor_count + life_of(w, 1)->omitted[HISTORY_DESCRIPTORS], 4999);
	assert_int_equal(life_of(w, 1)->closed, OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(an_exec_ends_what_is_close_on_exec_and_keeps_the_rest),
		WORLD_TEST(f_setfd_changes_what_an_exec_does),
		WORLD_TEST(an_exec_by_another_thread_ends_the_others),
		WORLD_TEST(fork_copies_all_descriptors),
		WORLD_TEST(clone_files_shares_them),
		WORLD_TEST(an_exec_unshares_a_shared_table),
		WORLD_TEST(threads_share_their_process_and_its_table),
		WORLD_TEST(a_thread_that_unshares_leaves_the_others_theirs),
		WORLD_TEST(the_first_thread_that_unshares_does_so_too),
		WORLD_TEST(what_another_thread_closes_around_an_unshare),
		WORLD_TEST(a_process_that_unshares_has_its_own_from_then_on),
		WORLD_TEST(what_opened_while_a_table_was_copied_is_uncertain),
		WORLD_TEST(what_closed_while_a_table_was_copied_may_be_in_it),
		WORLD_TEST(an_exit_closes_what_no_other_table_holds),
		WORLD_TEST(an_earlier_close_is_not_the_cause_of_an_exits),
		WORLD_TEST(many_processes_come_and_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
