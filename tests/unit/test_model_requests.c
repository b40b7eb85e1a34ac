/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_requests.c: calls by io_uring, of which one thread has many in progress. The socket is the first, by
 * descriptor 3.
 */
#include "requests.h"

static void requests_of_a_thread_overlap(void **state)
{
	struct world *w = *state;
	uint64_t first, second;

	connected(w);
	first = w->now + 1;
	second = w->now + 2;
	DID(w, getsockname, .sk = SK(1), .args = { 3 });
	DID(w, recvfrom, URING, .sk = SK(1), .args = { 3, 0, 9 }, .ret = 4, .dur = second, TCP(TCP_ESTABLISHED));
	assert_int_equal(event_last(w)->t, second - MONO);
	DID(w, sendto, URING, .sk = SK(1), .args = { 3, 0, 9 }, .ret = 9, .dur = first, TCP(TCP_ESTABLISHED));
	assert_int_equal(event_last(w)->t, first - MONO);
	assert_int_equal(event_last(w)->dur, w->now - first);
	assert_null(event_last(w)->note);
	assert_int_equal(life_of(w, 1)->received, 4);
	assert_int_equal(life_of(w, 1)->sent, 9);
}

/* Each has what was told of it, whichever returns first. */
static void each_request_has_its_own_facts(void **state)
{
	struct world *w = *state;
	uint64_t first, second;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	first = w->now + 1;
	second = w->now + 2;
	TOLD(w, LENGTH, SK(1), .h.tid = 1, URING, .at = first, .value = 100);
	TOLD(w, LENGTH, SK(1), .h.tid = 1, URING, .at = second, .value = 200);
	DID(w, recvfrom, URING, .sk = SK(1), .args = { 3, 0, 8 }, .ret = 8, .dur = second, TCP(TCP_CLOSE));
	assert_string_equal(event_last(w)->note, "truncated: 8 of 200 bytes");
	DID(w, recvfrom, .sk = SK(1), .args = { 3, 0, 8 }, .ret = 8, TCP(TCP_CLOSE));
	assert_null(event_last(w)->note);
	DID(w, recvfrom, URING, .sk = SK(1), .args = { 3, 0, 8 }, .ret = 8, .dur = first, TCP(TCP_CLOSE));
	assert_string_equal(event_last(w)->note, "truncated: 8 of 100 bytes");
	assert_int_equal(life_of(w, 1)->truncated, 2);
}

static void two_connects_are_in_progress_and_a_call_between_them(void **state)
{
	struct world *w = *state;
	uint64_t first, second;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	CONNECT(w, 1, CALL_ENTERED, 0);
	first = w->now;
	CONNECT(w, 2, CALL_ENTERED, 0);
	second = w->now;
	DID(w, getsockname, .sk = SK(2), .args = { 4 }, TCP(TCP_SYN_SENT));
	CHANGED(w, 2, SYN_SENT, ESTABLISHED);
	CONNECT(w, 2, 0, .dur = second, TCP(TCP_ESTABLISHED, | VIEW_PEER));
	assert_int_equal(event_last(w)->id, 4);
	CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ECONNREFUSED);
	CONNECT(w, 1, 0, .ret = -ECONNREFUSED, .dur = first, TCP(TCP_CLOSE));
	assert_int_equal(event_last(w)->id, 3);
	finish(w);
	assert_int_equal(w->event_count, 5);
	assert_state(life_of(w, 1), 2, STATE_FAILED, 3, NULL);
	assert_state(life_of(w, 2), 2, STATE_CONNECTED, 4, NULL);
	assert_int_equal(life_of(w, 1)->attempts[0].learned, LEARNED_RETURN);
	assert_int_equal(life_of(w, 2)->attempts[0].learned, LEARNED_RETURN);
	assert_int_equal(life_of(w, 2)->attempts[0].from, second - MONO);
}

static void a_request_that_never_completes_is_told_of_at_the_end(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	CONNECT(w, 1, CALL_ENTERED, 0);
	finish(w);
	assert_int_equal(event_last(w)->id, 2);
	assert_int_equal(event_last(w)->dur, OPEN);
	assert_int_equal(event_last(w)->socket, life_of(w, 1)->id);
}

static void what_a_process_leaves_in_progress_never_returns(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	CONNECT(w, 1, CALL_ENTERED, 0);
	feed(w, record_task(1, 1, FILES(2))); /* unshare(CLONE_FILES) meanwhile */
	feed(w, record_exit(1, 1, 0, 0));
	finish(w);
	assert_int_equal(w->event_count, 2);
	assert_int_equal(event_last(w)->dur, OPEN);
	assert_int_equal(event_last(w)->process, 1);
}

static void a_request_with_several_completions_is_an_event_for_each(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = DID(w, listen, .sk = SK(1), .args = { 3, 8 }, TCP(TCP_LISTEN));
	for (int n = 2; n < 4; n++) {
		feed(w, record_sock(SK(n), (uint64_t)n, AF_INET, SOCK_STREAM));
		at = DID(w, accept4, .h.flags = URING_FLAGS | CALL_SHOT, .sk = SK(1), .sk2 = SK(n), .args = { 3 },
			 .ret = 2 + n, .dur = at, TCP(TCP_LISTEN));
		assert_string_equal(event_last(w)->note, "multishot");
	}
	assert_int_equal(event_last(w)->id, 4);
	assert_descriptor(life_of(w, 2), 0, 1, 4, HOW_ACCEPT, BY_OPEN);
	assert_descriptor(life_of(w, 3), 0, 1, 5, HOW_ACCEPT, BY_OPEN);
	assert_false(life_of(w, 1)->uncertain);
}

/* Two requests had the same user_data: which listener's it is, is not known. */
static void a_completion_that_may_be_of_either_makes_a_socket(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	for (int n = 1; n < 3; n++) {
		tcp(w, 2 + n, n);
		at = DID(w, listen, .sk = SK(n), .args = { 2 + (__u64)n, 8 }, TCP(TCP_LISTEN));
	}
	feed(w, record_sock(SK(3), 3, AF_INET, SOCK_STREAM));
	DID(w, accept4, .h.flags = URING_FLAGS | CALL_SHOT, .sk2 = SK(3), .args = { -1 }, .ret = 5, .dur = at,
	    TCP(TCP_ESTABLISHED));
	assert_int_equal(event_last(w)->socket, 0);
	l = life_of(w, 3);
	assert_descriptor(l, 0, 1, 5, HOW_ACCEPT, BY_OPEN);
	assert_int_equal(l->origin, ORIGIN_ACCEPT);
	assert_int_equal(l->listener, 0);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_false(l->uncertain);
}

/* A completion says when the one before it was, not when the request was made, which may hold a socket long closed. */
static void a_late_completion_of_several_reopens_nothing(void **state)
{
	struct world *w = *state;
	uint64_t at;

	connected(w);
	at = DID(w, recvfrom, .h.flags = URING_FLAGS | CALL_SHOT, .sk = SK(1), .args = { 3 }, .ret = 1,
		 TCP(TCP_ESTABLISHED));
	close_of(w, 3, 1);
	w->now += 5000000;
	for (int i = 0; i < 2; i++) {
		at = DID(w, recvfrom, .h.flags = URING_FLAGS | CALL_SHOT, .sk = SK(1), .args = { 3 }, .ret = 1,
			 .dur = at, TCP(TCP_ESTABLISHED));
		w->now += 5000000;
	}
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_false(life_of(w, 1)->uncertain);
	assert_true(life_of(w, 1)->held_io_uring);
	assert_false(life_of(w, 1)->held);
	assert_int_equal(life_of(w, 1)->received, 3);
}

static void a_request_holds_a_socket_that_is_closed(void **state)
{
	struct world *w = *state;
	uint64_t at;

	connected(w);
	at = w->now + 1;
	close_of(w, 3, 1);
	DID(w, recvfrom, URING, .sk = SK(1), .args = { 3 }, .ret = -ECONNRESET, .dur = at);
	assert_string_equal(event_last(w)->note, "returned after the socket was closed");
	assert_true(life_of(w, 1)->held_io_uring);
	assert_false(life_of(w, 1)->held);
}

static void a_silent_send_has_no_bytes_that_are_known(void **state)
{
	struct world *w = *state;

	connected(w);
	DID(w, sendto, .h.flags = URING_FLAGS | CALL_OPEN | CALL_SILENT, .sk = SK(1), .args = { 3, 0, 9 },
	    TCP(TCP_ESTABLISHED));
	assert_int_equal(event_last(w)->dur, OPEN);
	assert_non_null(event_last(w)->note);
	assert_int_equal(life_of(w, 1)->sent, 0);
}

static void a_descriptor_is_passed_by_one_request_and_taken_by_another(void **state)
{
	struct world *w = *state;
	uint64_t sends, receives;

	feed(w, record_sock(SK(1), 1, AF_UNIX, SOCK_DGRAM));
	feed(w, record_sock(SK(2), 2, AF_UNIX, SOCK_DGRAM));
	{
		union record r = call_of(CALL_socketpair, (struct rec_call){ .sk = SK(1), .sk2 = SK(2) });
		const int pair[] = { 3, 4 };

		record_data(&r, DATA_PAIR, pair, 0, pair, sizeof(pair));
		feed(w, r);
	}
	feed(w, record_name((struct rec_name){ .sk = SK(1), .peer_sk = SK(2) }, NONE, NONE));
	tcp(w, 5, 3);
	sends = w->now + 1;
	receives = w->now + 2;
	DID(w, getsockname, .sk = SK(1), .args = { 3 });
	TOLD(w, PASSED, SK(3), .h.tid = 1, URING, .other = SK(1), .value = 5, .at = sends);
	TOLD(w, TAKEN, SK(3), .h.tid = 1, URING, .other = SK(2), .value = 6, .at = receives);
	DID(w, sendmsg, URING, .sk = SK(1), .args = { 3 }, .ret = 1, .dur = sends);
	DID(w, recvmsg, URING, .sk = SK(2), .args = { 4 }, .ret = 1, .dur = receives);
	assert_int_equal(life_of(w, 3)->flight_count, 1);
	assert_int_equal(life_of(w, 3)->flights[0].sent, event_last(w)->id - 1);
	assert_int_equal(life_of(w, 3)->flights[0].received, event_last(w)->id);
	assert_descriptor(life_of(w, 3), 1, 1, 6, HOW_SCM_RIGHTS, BY_OPEN);
}

static void a_close_that_did_not_know_its_socket(void **state)
{
	struct world *w = *state;
	const struct life *l;

	tcp(w, 3, 1);
	DID(w, close, URING, .args = { 4 });
	assert_int_equal(w->event_count, 1);
	DID(w, close, URING, .args = { 3 });
	l = life_of(w, 1);
	assert_int_equal(event_last(w)->socket, l->id);
	assert_descriptor(l, 0, 1, 3, HOW_SOCKET, BY_CLOSE);
	assert_state(l, 1, STATE_CLOSED, 2, NULL);
}

static void a_close_does_not_end_the_next_owner_of_its_number(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	tcp(w, 3, 2);
	DID(w, close, URING, .args = { 3 }, .dur = at);
	assert_int_equal(w->event_count, 2);
	assert_descriptor(life_of(w, 2), 0, 1, 3, HOW_SOCKET, BY_OPEN);
}

static void a_close_that_tells_nobody_closes_when_it_is_submitted(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = DID(w, close, .h.flags = URING_FLAGS | CALL_ENTERED, .args = { 3 });
	DID(w, close, .h.flags = URING_FLAGS | CALL_OPEN | CALL_SILENT, .args = { 3 }, .dur = at);
	assert_int_equal(w->event_count, 2);
	assert_non_null(event_last(w)->note);
	assert_int_equal(event_last(w)->socket, life_of(w, 1)->id);
	assert_int_equal(life_of(w, 1)->closed, at - MONO);
}

/* A hostile capture: whatever is never returned from is bounded. */
static void facts_of_requests_without_end(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	for (uint64_t at = 0; at < 70000; at++)
		TOLD(w, LENGTH, SK(1), .h.tid = 1, URING, .at = at << 32, .value = 1);
	finish(w);
	assert_int_equal(w->event_count, 1);
}

static void a_silent_listen_listens(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, listen, .h.flags = URING_FLAGS | CALL_OPEN | CALL_SILENT, .sk = SK(1), .args = { 3, 8 });
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_LISTENING);
	assert_true(life_of(w, 1)->listened);
}

static void a_silent_close_whose_submission_was_lost(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, close, .h.flags = URING_FLAGS | CALL_OPEN | CALL_SILENT, .args = { 3 });
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_CLOSE);
}

/* Its thread has a table of its own meanwhile: unshare(CLONE_FILES). */
static void a_request_follows_its_thread(void **state)
{
	struct world *w = *state;
	uint64_t at;

	feed(w, record_task(2, 1, FILES(1)));
	tcp(w, 3, 1);
	CONNECT(w, 1, CALL_ENTERED, 0);
	at = w->now;
	feed(w, record_task(1, 1, FILES(2)));
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	DID(w, accept4, URING, .sk = SK(1), .sk2 = SK(2), .args = { 3 }, .ret = 5, .dur = at, TCP(TCP_LISTEN));
	close_of(w, 5, 2);
	assert_descriptor(life_of(w, 2), 0, 1, 5, HOW_ACCEPT, BY_CLOSE);
}

/* It is told of when something else takes its place, or at the end. */
static void a_silent_request_is_told_of_late(void **state)
{
	struct world *w = *state;
	uint64_t at;

	connected(w);
	at = w->now + 1;
	close_of(w, 3, 1);
	DID(w, sendto, .h.flags = URING_FLAGS | CALL_OPEN | CALL_SILENT, .sk = SK(1), .args = { 3, 0, 9 }, .dur = at);
	assert_false(life_of(w, 1)->held_io_uring);
	assert_string_equal(event_last(w)->note, "no completion tells of its success (IOSQE_CQE_SKIP_SUCCESS)");
}

static void a_silent_connect_may_still_be_waiting(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	CONNECT(w, 1, CALL_ENTERED, 0);
	at = w->now;
	CONNECT(w, 1, CALL_OPEN | CALL_SILENT, .dur = at);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING);
	assert_false(life_of(w, 1)->attempts[0].did_return);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(requests_of_a_thread_overlap),
		WORLD_TEST(each_request_has_its_own_facts),
		WORLD_TEST(two_connects_are_in_progress_and_a_call_between_them),
		WORLD_TEST(a_request_that_never_completes_is_told_of_at_the_end),
		WORLD_TEST(what_a_process_leaves_in_progress_never_returns),
		WORLD_TEST(a_request_with_several_completions_is_an_event_for_each),
		WORLD_TEST(a_completion_that_may_be_of_either_makes_a_socket),
		WORLD_TEST(a_late_completion_of_several_reopens_nothing),
		WORLD_TEST(a_request_holds_a_socket_that_is_closed),
		WORLD_TEST(a_silent_send_has_no_bytes_that_are_known),
		WORLD_TEST(a_descriptor_is_passed_by_one_request_and_taken_by_another),
		WORLD_TEST(a_close_that_did_not_know_its_socket),
		WORLD_TEST(a_close_does_not_end_the_next_owner_of_its_number),
		WORLD_TEST(a_close_that_tells_nobody_closes_when_it_is_submitted),
		WORLD_TEST(facts_of_requests_without_end),
		WORLD_TEST(a_silent_listen_listens),
		WORLD_TEST(a_silent_close_whose_submission_was_lost),
		WORLD_TEST(a_request_follows_its_thread),
		WORLD_TEST(a_silent_request_is_told_of_late),
		WORLD_TEST(a_silent_connect_may_still_be_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
