/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_tasks.c: requests that are told of after their thread's exit. The socket is the first, by descriptor 3.
 */
#include "requests.h"

#define FORK(w, pid) feed(w, record_fork(1, pid, pid, FILES(1), FILES(pid)))
#define EXIT(w, pid) feed(w, record_exit(pid, pid, 0, 0))

static void a_request_that_its_process_leaves_is_its_own(void **state)
{
	struct world *w = *state;
	uint64_t at, ended;

	connected(w);
	at = w->now + 1;
	DID(w, getsockname, .sk = SK(1), .args = { 3 });
	ended = feed(w, record_exit(1, 1, 0, 7 << 8));
	DID(w, recvfrom, URING, .sk = SK(1), .args = { 3 }, .ret = -ECANCELED, .dur = at, TCP(TCP_ESTABLISHED));
	assert_int_equal(event_last(w)->process, 1);
	assert_int_equal(event_last(w)->t, at - MONO);
	assert_int_equal(event_last(w)->dur, w->now - at);
	assert_string_equal(event_last(w)->note, "returned after the socket was closed");
	assert_true(life_of(w, 1)->held_io_uring);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_false(life_of(w, 1)->uncertain);
	assert_int_equal(w->process_count, 1);
	assert_int_equal(w->processes[0].end, ended - MONO);
	assert_int_equal(w->processes[0].code, 7);
}

/* One that was told of when it was submitted keeps its event. */
static void an_event_that_began_before_the_exit_ends_after_it(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	CONNECT(w, 1, CALL_ENTERED, 0);
	at = w->now;
	EXIT(w, 1);
	CONNECT(w, 1, 0, .ret = -ECANCELED, .dur = at, TCP(TCP_SYN_SENT));
	finish(w);
	assert_int_equal(w->event_count, 2);
	assert_int_equal(event_last(w)->id, 2);
	assert_int_equal(event_last(w)->dur, w->now - at);
	assert_int_equal(event_last(w)->process, 1);
}

static void a_thread_that_exits_leaves_its_requests_to_its_process(void **state)
{
	struct world *w = *state;
	uint64_t at;

	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	tcp(w, 3, 1);
	at = DID(w, listen, .sk = SK(1), .args = { 3, 8 }, TCP(TCP_LISTEN));
	feed(w, record_exit(2, 1, 1, 0));
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	DID(w, accept4, URING, .h.tid = 2, .sk = SK(1), .sk2 = SK(2), .args = { 3 }, .ret = 4, .dur = at,
	    TCP(TCP_LISTEN));
	close_of(w, 4, 2);
	EXIT(w, 1);
	DID(w, accept4, URING, .h.tid = 2, .sk = SK(1), .args = { 3 }, .ret = -ECANCELED, .dur = at, TCP(TCP_LISTEN));
	assert_int_equal(event_last(w)->process, 1);
	assert_descriptor(life_of(w, 2), 0, 1, 4, HOW_ACCEPT, BY_CLOSE);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_EXIT);
	assert_int_equal(w->process_count, 1);
}

/* Another process has the socket too: the one that ended does not get it back. */
static void a_request_of_the_dead_gives_them_no_descriptor(void **state)
{
	struct world *w = *state;
	uint64_t at;

	connected(w);
	FORK(w, 10);
	at = w->now;
	EXIT(w, 10);
	DID(w, recvfrom, URING, .h.tid = 10, .sk = SK(1), .args = { 9 }, .ret = -ECANCELED, .dur = at,
	    TCP(TCP_ESTABLISHED));
	DID(w, recvfrom, .h.flags = URING_FLAGS | CALL_SHOT, .h.tid = 10, .sk = SK(1), .args = { 3 }, .ret = -ECANCELED,
	    .dur = at, TCP(TCP_ESTABLISHED));
	assert_int_equal(event_last(w)->process, 2);
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
	assert_int_equal(life_of(w, 1)->closed, OPEN);
	assert_false(life_of(w, 1)->uncertain);
}

static void a_number_that_is_used_again_is_the_new_process(void **state)
{
	struct world *w = *state;

	connected(w);
	FORK(w, 10);
	EXIT(w, 10);
	FORK(w, 10);
	DID(w, recvfrom, URING, .h.tid = 10, .sk = SK(1), .args = { 3 }, .ret = 1, TCP(TCP_ESTABLISHED));
	assert_int_equal(event_last(w)->process, 3);
	EXIT(w, 10);
	feed(w, record_task(10, 10, FILES(11)));
	DID(w, recvfrom, URING, .h.tid = 10, .sk = SK(1), .args = { 3 }, .ret = 1, TCP(TCP_ESTABLISHED));
	assert_int_equal(event_last(w)->process, 4);
	EXIT(w, 10);
	feed(w, record_exec(10, 10, FILES(12)));
	DID(w, recvfrom, URING, .h.tid = 10, .sk = SK(1), .args = { 3 }, .ret = 1, TCP(TCP_ESTABLISHED));
	assert_int_equal(event_last(w)->process, 5);
}

/* What never used io_uring does not displace what did. */
static void the_newest_linger(void **state)
{
	struct world *w = *state;
	uint64_t at;

	connected(w);
	at = w->now + 1;
	for (uint32_t pid = 10; pid < 1000; pid++) {
		FORK(w, pid);
		if (pid == 10)
			DID(w, recvfrom, URING, .h.tid = 10, .sk = SK(1), .args = { 3 }, TCP(TCP_ESTABLISHED));
		EXIT(w, pid);
	}
	for (uint32_t tid = 10; tid < 1000; tid++)
		DID(w, sendto, .h.flags = URING_FLAGS | CALL_OPEN | CALL_SILENT, .h.tid = tid, .sk = SK(1),
		    .args = { 3 }, .dur = at);
	for (size_t i = 3; i < w->event_count; i++)
		if (i == 3 || i >= w->event_count - 256)
			assert_int_equal(w->events[i].process, i - 1);
		else
			assert_true(w->events[i].process > 991);
	finish(w);
	assert_int_equal(w->process_count, 991 + 733);
}

static void rings_of_the_dead(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	EXIT(w, 1);
	slot_of(w, at, 0, 1);
	DID(w, accept4, .h.flags = URING_FLAGS | CALL_DIRECT | CALL_MADE_DIRECT, .sk = SK(1), .sk2 = SK(2), .ret = 5,
	    .dur = at);
	DID(w, dup3, URING, .sk = SK(1), .ret = 9, .args = { 0, 9 }); /* nonsense, survived */
	DID(w, close, URING, .args = { 9 });
	feed(w, record_task(1, 1, FILES(1)));
	slot_of(w, w->now, 0, 1);
	finish(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_request_that_its_process_leaves_is_its_own),
		WORLD_TEST(an_event_that_began_before_the_exit_ends_after_it),
		WORLD_TEST(a_thread_that_exits_leaves_its_requests_to_its_process),
		WORLD_TEST(a_request_of_the_dead_gives_them_no_descriptor),
		WORLD_TEST(a_number_that_is_used_again_is_the_new_process),
		WORLD_TEST(the_newest_linger),
		WORLD_TEST(rings_of_the_dead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
