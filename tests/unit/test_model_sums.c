/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_sums.c, and what user/decode.c makes of its records: sends and receives that were counted.
 */
#include "flight.h"

/* Of the n-th socket, by thread tid: the first was entered 8 ns before the record, the last returned `ago` before it. */
static union record sum_of(int id, uint32_t tid, int n, int64_t bytes, uint64_t messages, uint64_t ago)
{
	return call_of(id, (struct rec_call){ .h.tid = tid,
					      .sk = SK(n),
					      .ret = bytes,
					      .args = { [0] = 9, 700, 2, 40, [SUM_MESSAGES] = messages, ago } });
}

static void summed(struct world *w, int id, int n, int64_t bytes, uint64_t messages)
{
	union record r = sum_of(id, 1, n, bytes, messages, 0);

	r.call.dur = w->now + 2;
	feed(w, r);
}

static int decoded(union record r, struct call *call)
{
	r.h.ts = 1000;
	return decode_call(&r.call, call);
}

static void a_sum_is_decoded(void **state)
{
	union record r = sum_of(CALL_receives, 7, 1, 5000000000, 3, 20);
	struct call call;

	(void)state;
	r.call.dur = 120;
	assert_int_equal(decoded(r, &call), 0);
	assert_true(row_is_sum(call.row));
	assert_int_equal(call.verb, VERB_RECV);
	assert_int_equal(call.enter, 880);
	assert_int_equal(call.exit, 980);
	assert_int_equal(call.fd, -1);
	assert_int_equal(call.ret, 5000000000);
	assert_int_equal(call.bytes, 5000000000);
	assert_int_equal(call.err, 0);
	assert_int_equal(call.messages, 3);
	assert_false(row_is_sum(&call_rows[CALL_sendto]));
	assert_false(row_is_sum(&call_rows[CALL_socketcall]));
}

static void a_sum_that_contradicts_itself_is_refused(void **state)
{
	union record bad[] = {
		sum_of(CALL_sends, 7, 1, -11, 0, 0),        sum_of(CALL_sends, 7, 1, 1ll << 53, 0, 0),
		sum_of(CALL_sends, 7, 1, 1, 1ull << 53, 0), sum_of(CALL_sends, 7, 1, 1, 0, 101),
		sum_of(CALL_sends, 7, 1, 1, 0, 0),          sum_of(CALL_sends, 7, 1, 1, 0, 0),
		sum_of(CALL_sends, 7, 1, 1, 0, 0),
	};
	struct call call;

	(void)state;
	bad[4].h.flags = CALL_ENTERED;
	bad[5].h.flags = CALL_OPEN;
	bad[6].h.flags = VIA_IO_URING << 12;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		bad[i].call.dur = 100;
		assert_int_equal(decoded(bad[i], &call), -EBADMSG);
	}
}

static void bytes_and_datagrams_count(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	tcp(w, 4, 2);
	summed(w, CALL_sends, 1, 5000000000, 1000);
	summed(w, CALL_sends, 1, 10, 2);
	summed(w, CALL_receives, 1, 30, 3);
	summed(w, CALL_receives, 2, 77, 0);
	assert_int_equal(life_of(w, 1)->sent, 5000000010);
	assert_int_equal(life_of(w, 1)->messages_sent, 1002);
	assert_int_equal(life_of(w, 1)->received, 30);
	assert_int_equal(life_of(w, 1)->messages_received, 3);
	assert_int_equal(life_of(w, 2)->received, 77);
	assert_int_equal(life_of(w, 2)->messages_received, 0);
}

static void it_is_an_event_and_nothing_else(void **state)
{
	struct world *w = *state;
	const struct event *e;

	tcp(w, 3, 1);
	summed(w, CALL_sends, 1, 10, 0);
	e = event_last(w);
	assert_int_equal(e->process, 1);
	assert_int_equal(e->socket, 1);
	assert_int_equal(e->dur, 8);
	assert_null(e->note);
	STATES_ARE(life_of(w, 1), STATE_CREATED);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
}

/* It may be told of up to a second after its socket was closed. */
static void a_closed_socket_has_its_bytes(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	close_of(w, 3, 1);
	summed(w, CALL_sends, 1, 10, 0);
	assert_int_equal(event_last(w)->socket, 1);
	assert_null(event_last(w)->note);
	assert_int_equal(life_of(w, 1)->sent, 10);
	assert_false(life_of(w, 1)->held);
}

static void of_an_unknown_socket_there_is_an_event(void **state)
{
	struct world *w = *state;

	summed(w, CALL_sends, 9, 10, 0);
	assert_int_equal(w->event_count, 1);
	assert_int_equal(event_last(w)->socket, 0);
	finish(w);
	assert_int_equal(w->life_count, 0);
}

static void its_thread_may_have_ended(void **state)
{
	struct world *w = *state;

	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	tcp(w, 3, 1);
	feed(w, record_exit(2, 1, 1, 0));
	feed(w, sum_of(CALL_sends, 2, 1, 10, 0, 0));
	assert_int_equal(event_last(w)->process, 1);
	feed(w, sum_of(CALL_sends, 77, 1, 10, 0, 0)); /* long ago: who holds the socket stands for it */
	assert_int_equal(event_last(w)->process, 1);
	assert_int_equal(w->event_count, 3);
	feed(w, sum_of(CALL_sends, 77, 8, 10, 0, 0)); /* nobody does */
	assert_int_equal(w->event_count, 3);
	assert_int_equal(life_of(w, 1)->sent, 20);
	assert_int_equal(w->process_count, 1);
}

/* What was counted tells of a message with a descriptor that it was passed by. */
static void it_counts_for_the_place_of_a_message(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_STREAM);
	tcp(w, 3, 3);
	summed(w, CALL_sends, 1, 100, 0);
	pass(w, 3, 3, 1, 1);
	close_of(w, 3, 3);
	summed(w, CALL_receives, 2, 100, 0);
	assert_int_equal(w->life_count, 0);
	summed(w, CALL_receives, 2, 1, 0);
	assert_int_equal(life_of(w, 3)->flight_count, 1);
	assert_int_equal(life_of(w, 3)->flights[0].received, 0);
	assert_true(life_of(w, 3)->closed >= 0);
	assert_true(life_of(w, 3)->flights[0].to >= 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sum_is_decoded),        cmocka_unit_test(a_sum_that_contradicts_itself_is_refused),
		WORLD_TEST(bytes_and_datagrams_count),     WORLD_TEST(it_is_an_event_and_nothing_else),
		WORLD_TEST(a_closed_socket_has_its_bytes), WORLD_TEST(of_an_unknown_socket_there_is_an_event),
		WORLD_TEST(its_thread_may_have_ended),     WORLD_TEST(it_counts_for_the_place_of_a_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
