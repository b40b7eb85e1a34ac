/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_descriptors.c: close_range(), ioctl(), pidfd_getfd(), and numbers that are used again before a call returned.
 */
#include <linux/close_range.h>
#include <sys/ioctl.h>

#include "world.h"

#define NOW(w) ((int64_t)((w)->now - MONO))

/* close_range() by thread tid; whether it was told of. */
static bool range_of(struct world *w, uint32_t tid, __u64 first, __u64 last, __u64 flags, int err)
{
	size_t count = w->event_count;
	uint64_t at = ENTER(w, close_range, .h.tid = tid, .args = { first, last, flags });

	DID(w, close_range, .h.tid = tid, .ret = -err, .args = { first, last, flags }, .dur = at);
	return w->event_count > count;
}

/* The sockets 1 to 4 by the numbers 6, 3, 5 and 4. */
static void four(struct world *w)
{
	tcp(w, 6, 1);
	tcp(w, 3, 2);
	tcp(w, 5, 3);
	tcp(w, 4, 4);
}

static void a_range_is_closed_at_its_entry(void **state)
{
	struct world *w = *state;
	uint64_t at;

	four(w);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	at = ENTER(w, close_range, .h.tid = 2, .args = { 4, 5 });
	tcp(w, 4, 5); /* the other thread has the number now */
	DID(w, close_range, .h.tid = 2, .args = { 4, 5 }, .dur = at);
	assert_int_equal(life_of(w, 3)->closed, at - MONO);
	assert_int_equal(life_of(w, 4)->closed, at - MONO);
	assert_int_equal(life_of(w, 1)->closed, OPEN);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
	assert_int_equal(life_of(w, 5)->closed, OPEN);
	assert_descriptor(life_of(w, 4), 0, 1, 4, HOW_SOCKET, BY_CLOSE_RANGE);
	assert_int_equal(life_of(w, 4)->closed_by, BY_CLOSE_RANGE);
	assert_int_equal(life_of(w, 3)->states[1].cause, event_last(w)->id);
	assert_int_equal(life_of(w, 4)->states[1].cause, event_last(w)->id);
	assert_false(life_of(w, 4)->held || life_of(w, 4)->uncertain);
}

static void its_event_names_the_lowest(void **state)
{
	struct world *w = *state;

	four(w);
	assert_true(range_of(w, 1, 3, UINT32_MAX, 0, 0));
	assert_int_equal(event_last(w)->socket, life_of(w, 2)->id);
	assert_int_equal(event_last(w)->t, life_of(w, 2)->closed);
	assert_int_equal(event_last(w)->dur, 10);
	assert_null(event_last(w)->note);
}

static void a_range_without_sockets_is_not_told_of(void **state)
{
	struct world *w = *state;

	four(w);
	assert_false(range_of(w, 1, 7, UINT32_MAX, 0, 0));
	assert_false(range_of(w, 1, 0, 2, CLOSE_RANGE_CLOEXEC, 0));
	tcp(w, 8, 5);
	assert_int_equal(event_last(w)->id, 5); /* nor does it use up an id */
	assert_int_equal(life_of(w, 1)->closed, OPEN);
}

static void a_range_that_cannot_be_closes_nothing(void **state)
{
	struct world *w = *state;

	four(w);
	assert_false(range_of(w, 1, 6, 3, 0, EINVAL));
	assert_false(range_of(w, 1, 3, 6, 1, EINVAL));
	assert_false(range_of(w, 1, 3, 6, CLOSE_RANGE_UNSHARE, ENOMEM));
	assert_false(range_of(w, 1, 3, 6, CLOSE_RANGE_CLOEXEC, EINVAL)); /* before Linux 5.11 */
	feed(w, record_exec(1, 1, FILES(1)));
	assert_int_equal(life_of(w, 1)->closed, OPEN);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
}

static void a_range_whose_entry_was_lost_is_closed_at_its_return(void **state)
{
	struct world *w = *state;

	four(w);
	DID(w, close_range, .args = { 3, 4 });
	assert_int_equal(life_of(w, 2)->closed, NOW(w));
	assert_int_equal(life_of(w, 2)->states[1].cause, event_last(w)->id);
	assert_int_equal(life_of(w, 3)->closed, OPEN);
}

static void many_are_closed_at_once(void **state)
{
	struct world *w = *state;

	for (int n = 1; n <= 1000; n++)
		tcp(w, 2000 - n, n);
	assert_true(range_of(w, 1, 0, UINT32_MAX, 0, 0));
	for (int n = 1; n <= 1000; n++)
		assert_int_equal(life_of(w, n)->closed_by, BY_CLOSE_RANGE);
	assert_true(event_last(w)->socket);
}

static void a_marked_range_is_closed_by_exec(void **state)
{
	struct world *w = *state;

	four(w);
	assert_true(range_of(w, 1, 4, 5, CLOSE_RANGE_CLOEXEC, 0));
	assert_int_equal(event_last(w)->socket, 4);
	assert_null(w->lives);
	feed(w, record_exec(1, 1, FILES(1)));
	assert_int_equal(life_of(w, 3)->closed_by, BY_CLOEXEC);
	assert_int_equal(life_of(w, 4)->closed_by, BY_CLOEXEC);
	assert_int_equal(life_of(w, 1)->closed, OPEN);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
}

static void an_unshared_range_is_not_copied(void **state)
{
	struct world *w = *state;
	uint64_t at;

	four(w);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	at = ENTER(w, close_range, .args = { 4, 6, CLOSE_RANGE_UNSHARE });
	feed(w, record_task(1, 1, FILES(2)));
	DID(w, close_range, .args = { 4, 6, CLOSE_RANGE_UNSHARE }, .dur = at);
	assert_int_equal(event_last(w)->socket, 4);
	assert_int_equal(event_last(w)->id, 5);
	feed(w, record_exit(2, 1, 1, 0)); /* the other thread, and with it the first table */
	assert_descriptor(life_of(w, 4), 0, 1, 4, HOW_SOCKET, BY_EXIT);
	assert_int_equal(life_of(w, 4)->descriptor_count, 1);
	assert_int_equal(life_of(w, 1)->closed, NOW(w));
	assert_descriptor(life_of(w, 2), 1, 1, 3, HOW_FORK, BY_OPEN);
}

static void a_range_is_left_out_of_no_later_copy(void **state)
{
	struct world *w = *state;

	four(w);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	assert_false(range_of(w, 2, 6, 6, CLOSE_RANGE_UNSHARE, ENOMEM));
	feed(w, record_task(2, 1, FILES(2)));
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
}

static void a_table_of_its_own_is_not_copied(void **state)
{
	struct world *w = *state;

	four(w);
	assert_true(range_of(w, 1, 4, 6, CLOSE_RANGE_UNSHARE, 0));
	assert_int_equal(life_of(w, 4)->closed, NOW(w));
	assert_int_equal(life_of(w, 4)->closed_by, BY_CLOSE_RANGE);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
}

static void an_unshared_range_is_marked_in_the_copy(void **state)
{
	const __u64 flags = CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC;
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	feed(w, record_fork(1, 10, 10, FILES(1), FILES(1))); /* a process that shares the table */
	at = ENTER(w, close_range, .h.tid = 10, .args = { 3, 3, flags });
	feed(w, record_task(10, 10, FILES(2)));
	DID(w, close_range, .h.tid = 10, .args = { 3, 3, flags }, .dur = at);
	feed(w, record_exec(1, 1, FILES(1)));
	feed(w, record_exec(10, 10, FILES(2)));
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_OPEN);
	assert_descriptor(life_of(w, 1), 1, 2, 3, HOW_FORK, BY_CLOEXEC);
}

static void a_request_sets_close_on_exec(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	socket_of(w, 4, 2, AF_INET, SOCK_STREAM | SOCK_CLOEXEC);
	DID(w, ioctl, .sk = SK(1), .args = { 3, FIOCLEX });
	DID(w, ioctl, .sk = SK(2), .args = { 4, FIONCLEX });
	DID(w, ioctl, .sk = SK(2), .args = { 4, FIONBIO });
	DID(w, ioctl, .sk = SK(2), .ret = -EBADF, .args = { 4, FIOCLEX });
	feed(w, record_exec(1, 1, FILES(1)));
	assert_int_equal(life_of(w, 1)->closed_by, BY_CLOEXEC);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
	STATES_ARE(life_of(w, 2), STATE_CREATED);
}

static void a_descriptor_of_another_process_is_an_alias(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	feed(w, record_task(10, 10, FILES(2)));
	DID(w, pidfd_getfd, .h.tid = 10, .sk = SK(1), .ret = 8, .args = { 4, 3 });
	assert_int_equal(event_last(w)->socket, 1);
	close_of(w, 3, 1);
	assert_null(w->lives);
	feed(w, record_exec(10, 10, FILES(2)));
	assert_descriptor(life_of(w, 1), 1, 2, 8, HOW_PIDFD_GETFD, BY_CLOEXEC);
	assert_int_equal(life_of(w, 1)->closed, NOW(w));
	assert_false(life_of(w, 1)->uncertain);
}

static void a_descriptor_of_an_unknown_process_was_received(void **state)
{
	struct world *w = *state;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	feed(w, record_name((struct rec_name){ .sk = SK(1), TCP(TCP_LISTEN, | VIEW_BOUND) }, inet(80), NONE));
	DID(w, pidfd_getfd, .sk = SK(1), .ret = 8, .args = { 4, 3 });
	assert_int_equal(life_of(w, 1)->origin, ORIGIN_RECEIVED);
	STATES_ARE(life_of(w, 1), STATE_LISTENING);
	assert_descriptor(life_of(w, 1), 0, 1, 8, HOW_PIDFD_GETFD, BY_OPEN);
}

/* A socket by the number 5 is there when a call returns which says that it made that one by that number. */
static void assert_not_made(struct world *w)
{
	assert_int_equal(life_of(w, 2)->id, 2);
	assert_int_equal(life_of(w, 2)->descriptor_count, 1);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
	assert_int_equal(life_of(w, 2)->origin, ORIGIN_SOCKET);
	assert_true(life_of(w, 2)->uncertain);
	STATES_ARE(life_of(w, 2), STATE_CREATED);
}

static void a_number_used_again_before_accept_returned_is_not_accepted(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	at = w->now;
	tcp(w, 5, 2); /* after it closed the accepted one */
	DID(w, accept, .h.tid = 2, .sk = SK(1), .sk2 = SK(2), .ret = 5, .args = { 3 }, .dur = at,
	    TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_int_equal(event_last(w)->socket, 1);
	assert_not_made(w);
	assert_int_equal(life_of(w, 2)->listener, 0);
}

static void a_number_used_again_before_socket_returned_is_not_made(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	at = w->now;
	tcp(w, 5, 2);
	DID(w, socket, .h.tid = 2, .sk = SK(2), .ret = 5, .args = { AF_INET, SOCK_STREAM }, .dur = at);
	assert_int_equal(event_last(w)->socket, 0);
	assert_not_made(w);
}

static void a_number_used_again_before_socketpair_returned_is_no_pair(void **state)
{
	struct world *w = *state;
	const int fds[2] = { 4, 5 };
	union record r =
		call_of(CALL_socketpair, (struct rec_call){ .sk = SK(3), .sk2 = SK(2), .args = { AF_UNIX, 1 } });

	tcp(w, 3, 1);
	tcp(w, 5, 2);
	feed(w, record_sock(SK(3), 3, AF_UNIX, SOCK_STREAM));
	record_data(&r, DATA_PAIR, fds, sizeof(fds), "", 0);
	feed(w, r);
	assert_not_made(w);
	assert_int_equal(life_of(w, 2)->peer_socket, 0);
}

static void an_address_used_again_by_another_number_is_made(void **state)
{
	struct world *w = *state;

	tcp(w, 5, 2);
	feed(w, record_sock(SK(2), 9, AF_INET, SOCK_STREAM));
	DID(w, socket, .sk = SK(2), .ret = 5, .args = { AF_INET, SOCK_STREAM });
	assert_int_equal(event_last(w)->socket, life_of(w, 9)->id);
	assert_false(life_of(w, 9)->uncertain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_range_is_closed_at_its_entry),
		WORLD_TEST(its_event_names_the_lowest),
		WORLD_TEST(a_range_without_sockets_is_not_told_of),
		WORLD_TEST(a_range_that_cannot_be_closes_nothing),
		WORLD_TEST(a_range_whose_entry_was_lost_is_closed_at_its_return),
		WORLD_TEST(many_are_closed_at_once),
		WORLD_TEST(a_marked_range_is_closed_by_exec),
		WORLD_TEST(an_unshared_range_is_not_copied),
		WORLD_TEST(a_range_is_left_out_of_no_later_copy),
		WORLD_TEST(a_table_of_its_own_is_not_copied),
		WORLD_TEST(an_unshared_range_is_marked_in_the_copy),
		WORLD_TEST(a_request_sets_close_on_exec),
		WORLD_TEST(a_descriptor_of_another_process_is_an_alias),
		WORLD_TEST(a_descriptor_of_an_unknown_process_was_received),
		WORLD_TEST(a_number_used_again_before_accept_returned_is_not_accepted),
		WORLD_TEST(a_number_used_again_before_socket_returned_is_not_made),
		WORLD_TEST(a_number_used_again_before_socketpair_returned_is_no_pair),
		WORLD_TEST(an_address_used_again_by_another_number_is_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
