/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model*.c: what the kernel uses again is another one: pids, tids, descriptor tables, sockets' addresses and inodes.
 */
#include "world.h"

#define ROUNDS 1000

static const struct life *life_with(const struct world *w, int64_t id)
{
	for (size_t i = 0; i < w->life_count; i++)
		if (w->lives[i].id == id)
			return &w->lives[i];
	fail();
	return NULL;
}

static void socket_by(struct world *w, uint32_t tid, int fd, int n, uint64_t inode)
{
	feed(w, record_sock(SK(n), inode, AF_INET, SOCK_STREAM));
	DID(w, socket, .h.tid = tid, .sk = SK(n), .ret = fd, .args = { AF_INET, SOCK_STREAM }, TCP(TCP_CLOSE));
}

/* Process 2 with threads 2 and 3, the table FILES(2), the sockets SK(1) and SK(2): all of them a thousand times. */
static void everything_at_once(void **state)
{
	struct world *w = *state;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		feed(w, record_fork(1, 2, 2, FILES(1), FILES(2)));
		feed(w, record_fork(2, 3, 2, FILES(2), FILES(2)));
		socket_by(w, 2, 3, 1, 2 * i + 1);
		socket_by(w, 3, 4, 2, 2 * i + 2);
		feed(w, record_exit(3, 2, 1, 0));
		close_by(w, 2, 4, 2);
		feed(w, record_exit(2, 2, 0, i << 8));
	}
	finish(w);
	assert_int_equal(w->life_count, 2 * ROUNDS);
	assert_int_equal(w->process_count, ROUNDS + 1);
	for (size_t i = 0; i < ROUNDS; i++) {
		const struct process *p = &w->processes[i];
		const struct life *first = life_with(w, (int64_t)(2 * i + 1)),
				  *second = life_with(w, (int64_t)(2 * i + 2));

		assert_int_equal(p->id, i + 2);
		assert_int_equal(p->code, i & 0xff);
		assert_int_equal(first->inode, 2 * i + 1);
		assert_int_equal(first->descriptor_count, 1);
		assert_descriptor(first, 0, p->id, 3, HOW_SOCKET, BY_EXIT);
		assert_int_equal(first->closed, p->end);
		assert_descriptor(second, 0, p->id, 4, HOW_SOCKET, BY_CLOSE);
		assert_true(second->closed < p->end && first->created > p->start);
		assert_false(first->uncertain || second->uncertain);
	}
}

/* get_next_ino() counts to 2^32. */
static void two_sockets_may_have_one_inode(void **state)
{
	struct world *w = *state;

	socket_by(w, 1, 3, 1, 7);
	socket_by(w, 1, 4, 2, 7);
	close_of(w, 3, 1);
	finish(w);
	assert_int_equal(w->life_count, 2);
	assert_int_not_equal(life_with(w, 1)->closed, OPEN);
	assert_int_equal(life_with(w, 2)->closed, OPEN);
	assert_false(life_with(w, 1)->uncertain || life_with(w, 2)->uncertain);
}

static void a_threads_number_is_another_processs(void **state)
{
	struct world *w = *state;

	feed(w, record_fork(1, 9, 1, FILES(1), FILES(1)));
	feed(w, record_exit(9, 1, 1, 0));
	feed(w, record_fork(1, 9, 9, FILES(1), FILES(9)));
	socket_by(w, 9, 3, 1, 1);
	feed(w, record_exit(9, 9, 0, 0));
	feed(w, record_fork(1, 9, 1, FILES(1), FILES(1)));
	socket_by(w, 9, 3, 2, 2);
	finish(w);
	assert_int_equal(w->process_count, 2);
	assert_descriptor(life_with(w, 1), 0, 2, 3, HOW_SOCKET, BY_EXIT);
	assert_descriptor(life_with(w, 2), 0, 1, 3, HOW_SOCKET, BY_OPEN);
}

static void a_parents_number_is_no_parents_any_more(void **state)
{
	struct world *w = *state;

	feed(w, record_fork(1, 2, 2, FILES(1), FILES(2)));
	feed(w, record_fork(2, 3, 3, FILES(2), FILES(3)));
	feed(w, record_exit(2, 2, 0, 0));
	feed(w, record_fork(1, 2, 2, FILES(1), FILES(2)));
	feed(w, record_fork(3, 4, 4, FILES(3), FILES(4)));
	finish(w);
	assert_int_equal(w->process_count, 5);
	for (size_t i = 0; i < 5; i++) {
		static const int64_t parents[] = { 0, 0, 1, 2, 1, 3 }; /* by id */

		assert_int_equal(w->processes[i].parent, parents[w->processes[i].id]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(everything_at_once),
		WORLD_TEST(two_sockets_may_have_one_inode),
		WORLD_TEST(a_threads_number_is_another_processs),
		WORLD_TEST(a_parents_number_is_no_parents_any_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
