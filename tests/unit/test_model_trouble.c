/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_trouble.c: what goes wrong underneath a socket, the first one, by descriptor 3.
 */
#include "world.h"

static char *reasons[] = { "0 NOT_SPECIFIED", "7 TCP_ABORT_ON_CLOSE", NULL };

static void connected(struct world *w, int n)
{
	tcp(w, 3, n);
	connect_of(w, n, 0, TCP_ESTABLISHED);
}

static void assert_trouble(const struct world *w, size_t i, enum trouble_kind kind)
{
	assert_true(i < w->trouble_count);
	assert_int_equal(w->troubles[i].kind, kind);
	assert_int_equal(w->troubles[i].count, 1);
	assert_int_not_equal(w->troubles[i].t, 0);
}

static void segments_sent_again_are_counted(void **state)
{
	struct world *w = *state;

	connected(w, 1);
	TOLD(w, RETRANSMIT, SK(1), .value = 0);
	TOLD(w, RETRANSMIT, SK(1), .value = 1);
	assert_int_equal(life_of(w, 1)->retransmits, 2);
	assert_trouble(w, 1, TROUBLE_RETRANSMIT);
}

static void resets_have_a_direction_and_a_reason(void **state)
{
	struct world *w = *state;
	const struct reset *r;

	model_reset_reasons(w->m, reasons);
	connected(w, 1);
	TOLD(w, RESET, SK(1), .value = 1, .extra = 8);
	TOLD(w, RESET, SK(1), .value = 0);
	r = life_of(w, 1)->resets;
	assert_int_equal(life_of(w, 1)->reset_count, 2);
	assert_true(r[0].sent);
	assert_string_equal(r[0].reason, "TCP_ABORT_ON_CLOSE");
	assert_int_equal(r[0].t, w->now - 10 - MONO);
	assert_false(r[1].sent);
	assert_null(r[1].reason);
	assert_trouble(w, 0, TROUBLE_RESET);
	assert_true(w->troubles[0].sent);
	assert_string_equal(w->troubles[0].reason, "TCP_ABORT_ON_CLOSE");
}

static void queued_errors_are_told(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	TOLD(w, ERROR, SK(1), .value = ECONNREFUSED);
	assert_int_equal(life_of(w, 1)->error_count, 1);
	assert_int_equal(life_of(w, 1)->errors[0].error, ECONNREFUSED);
	assert_int_equal(life_of(w, 1)->errors[0].t, w->now - MONO);
	assert_trouble(w, 0, TROUBLE_ERROR);
	assert_int_equal(w->troubles[0].error, ECONNREFUSED);
}

static void of_very_many_the_first_are_kept(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	for (int i = 0; i < 2 * ERRORS_MAX; i++) {
		TOLD(w, ERROR, SK(1), .value = i + 1);
		TOLD(w, RESET, SK(1), .value = 1);
	}
	assert_int_equal(life_of(w, 1)->error_count, ERRORS_MAX);
	assert_int_equal(life_of(w, 1)->errors[ERRORS_MAX - 1].error, ERRORS_MAX);
	assert_int_equal(life_of(w, 1)->reset_count, ERRORS_MAX);
	assert_int_equal(w->trouble_count, 4 * ERRORS_MAX);
}

static void datagrams_without_room_are_counted(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	TOLD(w, DROP, SK(1), .value = 1);
	assert_trouble(w, 0, TROUBLE_DROP);
	close_of(w, 3, 1);
	TOLD(w, DROP, SK(1), .value = 1); /* by now that is the address of another */
	assert_int_equal(life_of(w, 1)->dropped, 1);
}

static uint64_t closes(struct world *w, int n)
{
	return ENTER(w, close, .sk = SK(n), .args = { 3 });
}

/* tcp_close() with unread data: TCP_CLOSE, then the reset. */
static void what_close_throws_away_is_told_after_its_entry(void **state)
{
	struct world *w = *state;

	connected(w, 1);
	CHANGED(w, 1, ESTABLISHED, CLOSE, .h.tid = 1, .at = closes(w, 1), .other = 9ull << 32 | 5);
	TOLD(w, RESET, SK(1), .value = 1);
	assert_int_equal(life_of(w, 1)->unread, 9);
	assert_int_equal(life_of(w, 1)->unsent, 5);
	assert_int_equal(life_of(w, 1)->reset_count, 1);
}

static void after_one_without_a_connection_facts_are_anothers(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_STREAM);
	DID(w, bind, .sk = SK(1), .args = { 3 }, TCP(TCP_CLOSE, | VIEW_BOUND));
	close_of(w, 3, 1);
	CHANGED(w, 1, ESTABLISHED, CLOSE, .other = 9ull << 32);
	assert_int_equal(life_of(w, 1)->unread, -1);
}

static void long_after_the_end_facts_are_anothers(void **state)
{
	struct world *w = *state;

	connected(w, 1);
	closes(w, 1);
	CHANGED(w, 1, FIN_WAIT1, CLOSING);
	w->now += 1000000000;
	TOLD(w, RETRANSMIT, SK(1), .value = 0); /* the kernel goes on with it */
	CHANGED(w, 1, CLOSING, CLOSE, .other = 1);
	w->now += 1000000000;
	CHANGED(w, 1, SYN_RECV, ESTABLISHED);
	CHANGED(w, 1, ESTABLISHED, CLOSE, .other = 9ull << 32);
	TOLD(w, RESET, SK(1), .value = 1);
	assert_int_equal(life_of(w, 1)->retransmits, 1);
	assert_int_equal(life_of(w, 1)->unread, 0);
	assert_int_equal(life_of(w, 1)->unsent, 1);
	assert_int_equal(life_of(w, 1)->reset_count, 0);
}

/* The connection ended before: what was there then can be read until the close. */
static void what_was_read_after_the_end_was_not_thrown_away(void **state)
{
	struct world *w = *state;

	connected(w, 1);
	DID(w, read, .sk = SK(1), .ret = 100, .args = { 3, 0, 100 }, TCP(TCP_ESTABLISHED, ));
	CHANGED(w, 1, ESTABLISHED, CLOSE, .extra = ECONNRESET, .other = 9ull << 32 | 5);
	CHANGED(w, 1, CLOSE, CLOSE);
	DID(w, read, .sk = SK(1), .ret = 7, .args = { 3, 0, 7 }, TCP(TCP_CLOSE, ));
	close_of(w, 3, 1);
	assert_int_equal(life_of(w, 1)->unread, 2);
	assert_int_equal(life_of(w, 1)->unsent, 5);
}

static void an_end_that_was_not_told_of_left_what_is_not_known(void **state)
{
	struct world *w = *state;

	connected(w, 1);
	close_of(w, 3, 1);
	assert_int_equal(life_of(w, 1)->unread, -1);
	assert_int_equal(life_of(w, 1)->unsent, -1);
}

static void a_connection_before_has_left_nothing(void **state)
{
	struct world *w = *state;
	union record r =
		call_of(CALL_connect, (struct rec_call){ .sk = SK(1), .args = { 3, 0, 16 }, TCP(TCP_CLOSE, ) });

	connected(w, 1);
	CHANGED(w, 1, ESTABLISHED, CLOSE, .other = 9ull << 32);
	record_addr(&r, (struct address){ .len = 16 }); /* AF_UNSPEC */
	feed(w, r);
	ENTER(w, connect, .sk = SK(1), .args = { 3 });
	close_of(w, 3, 1);
	assert_int_equal(life_of(w, 1)->unread, -1);
}

/* What is not TCP: before the close's entry, with its time. */
static void counted(struct world *w, int64_t bytes)
{
	TOLD(w, UNREAD, SK(1), .value = bytes, .h.tid = 1, .at = w->now + 10);
	w->now -= 10;
}

static void the_entry_of_a_close_counts_what_nobody_has_read(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM);
	DID(w, read, .sk = SK(1), .ret = 3, .args = { 3, 0, 3 });
	counted(w, 12);
	close_of(w, 3, 1);
	assert_int_equal(life_of(w, 1)->unread, 12);
	assert_int_equal(life_of(w, 1)->unsent, -1);
}

static void a_close_that_closes_nothing_throws_nothing_away(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM);
	DID(w, dup, .sk = SK(1), .ret = 4, .args = { 3 });
	counted(w, 12);
	close_of(w, 3, 1);
	close_of(w, 4, 1);
	assert_int_equal(life_of(w, 1)->unread, -1);
}

static void a_count_that_can_not_be_is_none(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_UNIX, SOCK_STREAM);
	counted(w, INT64_MAX);
	close_of(w, 3, 1);
	connected(w, 2);
	CHANGED(w, 2, ESTABLISHED, CLOSE, .h.tid = 1, .at = closes(w, 2), .other = 0xffffffffull << 32);
	assert_int_equal(life_of(w, 1)->unread, -1);
	assert_int_equal(life_of(w, 2)->unread, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(segments_sent_again_are_counted),
		WORLD_TEST(resets_have_a_direction_and_a_reason),
		WORLD_TEST(queued_errors_are_told),
		WORLD_TEST(of_very_many_the_first_are_kept),
		WORLD_TEST(datagrams_without_room_are_counted),
		WORLD_TEST(what_close_throws_away_is_told_after_its_entry),
		WORLD_TEST(after_one_without_a_connection_facts_are_anothers),
		WORLD_TEST(long_after_the_end_facts_are_anothers),
		WORLD_TEST(what_was_read_after_the_end_was_not_thrown_away),
		WORLD_TEST(an_end_that_was_not_told_of_left_what_is_not_known),
		WORLD_TEST(a_connection_before_has_left_nothing),
		WORLD_TEST(the_entry_of_a_close_counts_what_nobody_has_read),
		WORLD_TEST(a_close_that_closes_nothing_throws_nothing_away),
		WORLD_TEST(a_count_that_can_not_be_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
