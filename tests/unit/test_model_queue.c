/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_queue.c: accept queues. The first socket listens, by descriptor 3.
 */
#include "world.h"

static void listens(struct world *w, int family)
{
	socket_of(w, 3, 1, family, SOCK_STREAM);
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, | VIEW_BOUND));
}

/* The n-th socket comes, and `depth` wait. */
static uint64_t comes(struct world *w, int n, uint32_t depth)
{
	return TOLD(w, QUEUE, SK(1), .value = depth, .other = SK(n));
}

static void accepts(struct world *w, int n, int family, uint64_t transport, uint32_t depth)
{
	feed(w, record_sock(SK(n), (uint64_t)n, family, SOCK_STREAM));
	TOLD(w, QUEUE, SK(1), .h.tid = 1, .value = depth, .other = transport);
	DID(w, accept, .sk = SK(1), .sk2 = SK(n), .ret = n + 10, .args = { 3 }, TCP(TCP_LISTEN, | VIEW_BOUND));
}

static void assert_depth(const struct life *l, size_t i, uint64_t ts, uint32_t depth)
{
	assert_true(i < l->queue_count);
	assert_int_equal(l->queue[i].t, ts - MONO);
	assert_int_equal(l->queue[i].depth, depth);
}

static void a_queues_depth_is_told_when_it_changes(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t t[4];

	listens(w, AF_UNIX);
	t[0] = comes(w, 2, 1);
	t[1] = comes(w, 3, 2);
	comes(w, 0, 2);
	accepts(w, 2, AF_UNIX, SK(2), 1);
	t[2] = w->now - 10;
	t[3] = comes(w, 4, 2);
	l = life_of(w, 1);
	assert_int_equal(l->queue_count, 4);
	assert_depth(l, 0, t[0], 1);
	assert_depth(l, 1, t[1], 2);
	assert_depth(l, 2, t[2], 1);
	assert_depth(l, 3, t[3], 2);
	assert_int_equal(l->deepest, 2);
	assert_int_equal(l->unaccepted, -1); /* it is still open */
	assert_int_equal(l->overflows, -1); /* a unix one refuses */
}

/* Where no tracepoint tells who comes, accept() says how many are left. */
static void who_is_accepted_was_in_the_queue(void **state)
{
	struct world *w = *state;

	listens(w, AF_UNIX);
	accepts(w, 2, AF_UNIX, SK(2), 0);
	assert_int_equal(life_of(w, 1)->deepest, 1);
}

static void what_the_listener_leaves_in_it_was_not_accepted(void **state)
{
	struct world *w = *state;

	listens(w, AF_UNIX);
	comes(w, 2, 1);
	comes(w, 3, 2);
	close_of(w, 3, 1);
	assert_int_equal(life_of(w, 1)->unaccepted, 2);
}

/* TCP tells once more when the listener is closed, after the close's entry. */
static void the_last_word_is_the_kernels(void **state)
{
	struct world *w = *state;
	uint64_t at;

	listens(w, AF_INET);
	at = ENTER(w, close, .sk = SK(1), .args = { 3 });
	CHANGED(w, 1, LISTEN, CLOSE, .h.tid = 1, .at = at);
	TOLD(w, QUEUE, SK(1), .value = 3);
	assert_int_equal(life_of(w, 1)->unaccepted, 3);
	assert_int_equal(life_of(w, 1)->deepest, 3);
	assert_int_equal(life_of(w, 1)->queue_count, 1);
}

static void a_listener_without_connections_had_none(void **state)
{
	struct world *w = *state;
	uint64_t at;

	listens(w, AF_INET);
	at = ENTER(w, close, .sk = SK(1), .args = { 3 });
	CHANGED(w, 1, LISTEN, CLOSE, .h.tid = 1, .at = at);
	TOLD(w, QUEUE, SK(1), .value = 0);
	assert_int_equal(life_of(w, 1)->queue_count, 0);
	assert_int_equal(life_of(w, 1)->deepest, 0);
	assert_int_equal(life_of(w, 1)->unaccepted, 0);
	assert_int_equal(life_of(w, 1)->overflows, 0);
}

static void without_facts_nothing_is_known_of_it(void **state)
{
	struct world *w = *state;

	listens(w, AF_INET);
	close_of(w, 3, 1);
	assert_int_equal(life_of(w, 1)->deepest, -1);
	assert_int_equal(life_of(w, 1)->unaccepted, -1);
	assert_int_equal(life_of(w, 1)->overflows, -1);
}

/* shutdown() of a TCP listener throws its queue away, and it may listen again: inet_shutdown(). */
static void what_a_shutdown_threw_away_was_not_accepted_either(void **state)
{
	struct world *w = *state;
	uint64_t at;

	listens(w, AF_INET);
	comes(w, 2, 1);
	at = w->now + 1;
	CHANGED(w, 1, LISTEN, CLOSE, .h.tid = 1, .at = at);
	TOLD(w, QUEUE, SK(1), .value = 1);
	DID(w, shutdown, .sk = SK(1), .args = { 3, SHUT_RD }, .dur = at, TCP(TCP_CLOSE, | VIEW_BOUND));
	comes(w, 3, 1); /* it listens again, and the call has not returned yet */
	DID(w, listen, .sk = SK(1), .args = { 3, 9 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	w->now += 1000000000;
	comes(w, 4, 2);
	at = ENTER(w, close, .sk = SK(1), .args = { 3 });
	CHANGED(w, 1, LISTEN, CLOSE, .h.tid = 1, .at = at);
	TOLD(w, QUEUE, SK(1), .value = 3);
	assert_int_equal(life_of(w, 1)->unaccepted, 4);
	assert_int_equal(life_of(w, 1)->queue_count, 5);
	assert_int_equal(life_of(w, 1)->queue[1].depth, 0);
}

static void overflows_count_from_the_start(void **state)
{
	struct world *w = *state;

	listens(w, AF_INET);
	TOLD(w, QUEUE, SK(1), .value = 2, .extra = 3);
	TOLD(w, QUEUE, SK(1), .value = 2, .extra = 3);
	TOLD(w, QUEUE, SK(1), .value = 2, .extra = 4);
	assert_int_equal(life_of(w, 1)->overflows, 4);
	assert_int_equal(w->trouble_count, 2);
	assert_int_equal(w->troubles[0].kind, TROUBLE_OVERFLOW);
	assert_int_equal(w->troubles[0].count, 3);
	assert_int_equal(w->troubles[1].count, 1);
	assert_int_equal(w->troubles[1].t, w->now - MONO);
}

static void those_before_the_trace_do_not_count(void **state)
{
	struct world *w = *state;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	DID(w, accept, .sk = SK(1), .ret = -EAGAIN, .args = { 3 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	TOLD(w, QUEUE, SK(1), .value = 1, .extra = UINT32_MAX);
	TOLD(w, QUEUE, SK(1), .value = 1, .extra = 1); /* it wraps */
	assert_int_equal(life_of(w, 1)->overflows, 2);
}

static void a_listener_from_before_the_trace_has_the_backlog_that_was_told(void **state)
{
	struct world *w = *state;
	struct rec_name name = { .sk = SK(1), .backlog = 511, TCP(TCP_LISTEN, | VIEW_BOUND) };

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	feed(w, record_name(name, inet(80), NONE));
	DID(w, accept, .sk = SK(1), .ret = -EAGAIN, .args = { 3 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	DID(w, accept, .sk = SK(2), .ret = -EAGAIN, .args = { 4 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_int_equal(life_of(w, 1)->role, ROLE_PASSIVE);
	assert_false(life_of(w, 1)->listened);
	assert_int_equal(life_of(w, 1)->backlog_effective, 511);
	assert_int_equal(life_of(w, 2)->backlog_effective, -1);
}

static void an_accepted_socket_waited_from_when_it_came(void **state)
{
	struct world *w = *state;
	uint64_t came;

	listens(w, AF_UNIX);
	came = comes(w, 2, 1);
	comes(w, 3, 2);
	accepts(w, 2, AF_UNIX, SK(2), 1);
	assert_int_equal(life_of(w, 2)->queued_from, came - MONO);
	assert_int_equal(life_of(w, 2)->queued_to, w->now - MONO);
	assert_int_equal(life_of(w, 1)->queued_to, OPEN);
}

static void an_accepted_unix_socket_has_its_other_end(void **state)
{
	struct world *w = *state;
	const struct address unnamed = { .len = 2, .bytes = { AF_UNIX } };

	listens(w, AF_UNIX);
	socket_of(w, 4, 2, AF_UNIX, SOCK_STREAM);
	comes(w, 3, 1);
	feed(w, record_sock(SK(3), 3, AF_UNIX, SOCK_STREAM));
	feed(w, record_name((struct rec_name){ .sk = SK(3), .peer_sk = SK(2), TCP(TCP_ESTABLISHED, | VIEW_PEER) }, NONE,
			    unnamed));
	DID(w, accept, .sk = SK(1), .sk2 = SK(3), .ret = 13, .args = { 3 });
	assert_int_not_equal(life_of(w, 3)->queued_from, OPEN);
	assert_int_equal(life_of(w, 3)->peer_socket, life_of(w, 2)->id);
}

static void a_closed_listener_that_is_held_accepts(void **state)
{
	struct world *w = *state;
	uint64_t came;

	listens(w, AF_UNIX);
	close_of(w, 3, 1);
	came = comes(w, 2, 1);
	accepts(w, 2, AF_UNIX, SK(2), 0);
	assert_int_equal(life_of(w, 2)->queued_from, came - MONO);
	assert_int_equal(life_of(w, 1)->deepest, -1); /* its address may be another's */
}

/* TCP's comes up a moment before it is told of as the listener's last. */
static void a_tcp_one_waited_from_when_it_came_up(void **state)
{
	struct world *w = *state;
	uint64_t came;

	listens(w, AF_INET);
	came = CHANGED(w, 2, SYN_RECV, ESTABLISHED);
	comes(w, 2, 1);
	accepts(w, 2, AF_INET, SK(2), 0);
	assert_int_equal(life_of(w, 2)->queued_from, came - MONO);
}

static void an_mptcp_one_waited_as_its_subflow(void **state)
{
	struct world *w = *state;
	uint64_t came;

	listens(w, AF_INET);
	came = CHANGED(w, 9, SYN_RECV, ESTABLISHED);
	comes(w, 9, 1);
	accepts(w, 2, AF_INET, SK(9), 0);
	CHANGED(w, 9, SYN_RECV, ESTABLISHED);
	feed(w, record_sock(SK(4), 4, AF_INET, SOCK_STREAM));
	DID(w, accept, .sk = SK(1), .sk2 = SK(4), .ret = 14, .args = { 3 }); /* what it took was not told */
	accepts(w, 3, AF_INET, SK(3), 0); /* that was only told of here */
	assert_int_equal(life_of(w, 2)->queued_from, came - MONO);
	assert_int_equal(life_of(w, 3)->queued_from, OPEN);
	assert_int_not_equal(life_of(w, 3)->queued_to, OPEN);
	assert_int_equal(life_of(w, 4)->queued_from, OPEN);
}

static void an_address_that_comes_again_is_another_connection(void **state)
{
	struct world *w = *state;
	uint64_t came;

	listens(w, AF_INET);
	CHANGED(w, 2, SYN_RECV, ESTABLISHED);
	came = CHANGED(w, 2, SYN_RECV, ESTABLISHED);
	accepts(w, 2, AF_INET, SK(2), 0);
	close_of(w, 12, 2);
	feed(w, record_sock(SK(2), 3, AF_INET, SOCK_STREAM));
	DID(w, accept, .sk = SK(1), .sk2 = SK(2), .ret = 13, .args = { 3 });
	assert_int_equal(life_of(w, 2)->queued_from, came - MONO);
	assert_int_equal(life_of(w, 3)->queued_from, OPEN);
}

static void a_unix_address_that_comes_again_is_another_connection(void **state)
{
	struct world *w = *state;
	uint64_t came;

	listens(w, AF_UNIX);
	comes(w, 2, 1);
	came = comes(w, 2, 2);
	accepts(w, 2, AF_UNIX, SK(2), 1);
	assert_int_equal(life_of(w, 2)->queued_from, came - MONO);
}

static void an_accept_that_was_faster_leaves_nothing_behind(void **state)
{
	struct world *w = *state;

	listens(w, AF_UNIX);
	accepts(w, 2, AF_UNIX, SK(2), 0);
	comes(w, 2, 0);
	close_of(w, 12, 2);
	feed(w, record_sock(SK(2), 3, AF_UNIX, SOCK_STREAM));
	DID(w, accept, .sk = SK(1), .sk2 = SK(2), .ret = 13, .args = { 3 }, TCP(TCP_LISTEN, | VIEW_BOUND));
	assert_int_equal(life_of(w, 3)->queued_from, OPEN);
}

static void the_oldest_of_very_many_that_wait_is_forgotten(void **state)
{
	struct world *w = *state;

	listens(w, AF_UNIX);
	for (int n = 2; n < 2 + 8193; n++)
		comes(w, n, 1);
	accepts(w, 2, AF_UNIX, SK(2), 0);
	accepts(w, 3, AF_UNIX, SK(3), 0);
	assert_int_equal(life_of(w, 2)->queued_from, OPEN);
	assert_int_not_equal(life_of(w, 3)->queued_from, OPEN);
}

static void of_very_many_depths_the_peaks_are_kept(void **state)
{
	struct world *w = *state;
	const struct life *l;

	listens(w, AF_UNIX);
	for (uint32_t i = 0; i < QUEUE_MAX / 2; i++) {
		comes(w, 0, 100 + i);
		comes(w, 0, i % 2);
	}
	comes(w, 0, 5000);
	l = life_of(w, 1);
	assert_int_equal(l->queue_count, QUEUE_MAX / 2 + 1);
	for (uint32_t i = 0; i < QUEUE_MAX / 2; i++)
		assert_int_equal(l->queue[i].depth, 100 + i);
	assert_int_equal(l->queue[QUEUE_MAX / 2].depth, 5000);
	assert_int_equal(l->deepest, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_queues_depth_is_told_when_it_changes),
		WORLD_TEST(who_is_accepted_was_in_the_queue),
		WORLD_TEST(what_the_listener_leaves_in_it_was_not_accepted),
		WORLD_TEST(the_last_word_is_the_kernels),
		WORLD_TEST(a_listener_without_connections_had_none),
		WORLD_TEST(without_facts_nothing_is_known_of_it),
		WORLD_TEST(what_a_shutdown_threw_away_was_not_accepted_either),
		WORLD_TEST(overflows_count_from_the_start),
		WORLD_TEST(those_before_the_trace_do_not_count),
		WORLD_TEST(a_listener_from_before_the_trace_has_the_backlog_that_was_told),
		WORLD_TEST(an_accepted_socket_waited_from_when_it_came),
		WORLD_TEST(an_accepted_unix_socket_has_its_other_end),
		WORLD_TEST(a_closed_listener_that_is_held_accepts),
		WORLD_TEST(a_tcp_one_waited_from_when_it_came_up),
		WORLD_TEST(an_mptcp_one_waited_as_its_subflow),
		WORLD_TEST(an_address_that_comes_again_is_another_connection),
		WORLD_TEST(a_unix_address_that_comes_again_is_another_connection),
		WORLD_TEST(an_accept_that_was_faster_leaves_nothing_behind),
		WORLD_TEST(the_oldest_of_very_many_that_wait_is_forgotten),
		WORLD_TEST(of_very_many_depths_the_peaks_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
