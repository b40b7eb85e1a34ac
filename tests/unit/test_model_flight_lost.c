/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_flight.c: what becomes of descriptors in messages that nobody receives.
 */
#include "flight.h"

/* A recvmsg() of len bytes that had to cut control data. */
static void receive_cut(struct world *w, int on, int len)
{
	const struct data_msg msg = { .iovlen = 1, .flags = MSG_CTRUNC };
	union record r = call_of(CALL_recvmsg, (struct rec_call){ .sk = SK(on), .ret = len, .args = { 91 } });

	record_data(&r, DATA_MSG, &msg, sizeof(msg), "", 0);
	feed(w, r);
}

static void it_closes_with_the_socket_whose_queue_it_was_in(void **state)
{
	struct world *w = *state;
	const struct life *l;

	two_processes(w, SOCK_STREAM);
	pass(w, 7, 3, 1, 1);
	close_of(w, 7, 3);
	close_of(w, 91, 2);
	feed(w, record_exec(10, 10, FILES(2)));
	close_by(w, 10, 91, 2);
	l = life_of(w, 3);
	assert_int_equal(l->closed, event_last(w)->t);
	assert_int_equal(l->closed_by, BY_CLOSE);
	assert_int_equal(l->states[1].cause, event_last(w)->id);
	assert_flight(l, 0, l->flights[0].from, l->closed, w->events[2].id, 0);
	assert_int_equal(life_of(w, 2)->closed, l->closed);
}

static void it_closes_with_the_exit_of_its_receiver(void **state)
{
	struct world *w = *state;
	const struct life *l;

	two_processes(w, SOCK_STREAM);
	pass(w, 7, 3, 1, 1);
	close_of(w, 91, 2);
	close_of(w, 7, 3);
	feed(w, record_exit(10, 10, 0, 0));
	l = life_of(w, 3);
	assert_int_equal(l->closed, NOW(w));
	assert_int_equal(l->closed_by, BY_CLOSE);
	assert_int_equal(l->states[1].cause, 0);
	assert_string_equal(l->states[1].fact, "exit");
}

static void what_has_a_descriptor_stays_when_its_message_goes(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_STREAM);
	tcp(w, 7, 3);
	pass(w, 7, 3, 1, 1);
	close_of(w, 91, 2);
	assert_int_equal(life_of(w, 3)->flights[0].to, event_last(w)->t);
	assert_int_equal(life_of(w, 3)->closed, OPEN);
}

static void the_senders_close_leaves_it_in_flight(void **state)
{
	struct world *w = *state;

	two_processes(w, SOCK_STREAM);
	pass(w, 7, 3, 1, 1);
	feed(w, record_exit(1, 1, 0, 0));
	assert_int_equal(life_of(w, 3)->closed, OPEN);
	assert_int_equal(life_of(w, 3)->flights[0].to, OPEN);
	assert_int_equal(life_of(w, 1)->closed, OPEN); /* the child has it too */
}

/* 3 to 6 are in messages of the queues of 2, 4 and 6; the last close of 2 ends them all. */
static void messages_in_messages_go_together(void **state)
{
	struct world *w = *state;
	int64_t cause;

	pair(w, 90, 1, SOCK_STREAM);
	pair(w, 3, 3, SOCK_STREAM);
	pair(w, 5, 5, SOCK_STREAM);
	tcp(w, 7, 7);
	pass(w, 7, 7, 5, 1);
	pass(w, 6, 6, 3, 1);
	pass(w, 4, 4, 1, 1);
	for (int n = 3; n <= 7; n++)
		close_of(w, n, n);
	assert_null(w->lives);
	close_of(w, 91, 2);
	cause = event_last(w)->id;
	for (int n = 2; n <= 7; n++) {
		const struct life *l = life_of(w, n);

		if (n == 3 || n == 5)
			continue;
		assert_int_equal(l->closed, event_last(w)->t);
		assert_int_equal(l->states[l->state_count - 1].cause, cause);
	}
}

/* By io_uring it is told with the completion what was sent, and its number can be closed before that. */
static void what_was_closed_before_it_was_told_to_be_sent_flies(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	two_processes(w, SOCK_STREAM);
	at = w->now + 1;
	w->now += 10;
	close_of(w, 7, 3);
	w->now += 5000000;
	TOLD(w, PASSED, SK(3), .h.tid = 1, URING, .other = SK(1), .value = 7, .at = at);
	DID(w, sendmsg, URING, .sk = SK(1), .ret = 1, .args = { 90 }, .dur = at);
	assert_null(w->lives);
	take(w, 10, 8, 3, 2);
	l = life_of(w, 3);
	STATES_ARE(l, STATE_CREATED);
	assert_int_equal(l->flight_count, 1);
	assert_int_equal(l->flights[0].received, event_last(w)->id);
	assert_descriptor(l, 0, 1, 7, HOW_SOCKET, BY_CLOSE);
	assert_descriptor(l, 1, 2, 8, HOW_SCM_RIGHTS, BY_OPEN);
}

static void a_socket_in_a_message_to_itself_stays(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_STREAM);
	pass(w, 91, 2, 1, 1);
	close_of(w, 90, 1);
	close_of(w, 91, 2);
	assert_int_equal(life_of(w, 2)->closed, OPEN);
	assert_int_equal(life_of(w, 2)->flights[0].to, OPEN);
	assert_true(life_of(w, 1)->closed > 0);
}

static void a_read_discards_what_it_passes(void **state)
{
	struct world *w = *state;
	int64_t before;

	pair(w, 90, 1, SOCK_STREAM);
	tcp(w, 7, 3);
	DID(w, write, .sk = SK(1), .ret = 10, .args = { 90, 0, 10 });
	pass(w, 7, 3, 1, 4);
	close_of(w, 7, 3);
	before = NOW(w);
	DID(w, read, .sk = SK(2), .ret = 10, .args = { 91, 0, 10 });
	DID(w, recvfrom, .sk = SK(2), .ret = 1, .args = { 91, 0, 1, MSG_PEEK });
	assert_null(w->lives);
	DID(w, read, .sk = SK(2), .ret = 1, .args = { 91, 0, 1 });
	assert_true(life_of(w, 3)->closed == before + 30);
	assert_int_equal(life_of(w, 3)->states[1].cause, event_last(w)->id);
	assert_flight(life_of(w, 3), 0, life_of(w, 3)->flights[0].from, before + 30, w->events[3].id, 0);
}

static void a_read_that_returns_before_the_send_discards_too(void **state)
{
	struct world *w = *state;
	uint64_t at;

	pair(w, 90, 1, SOCK_STREAM);
	tcp(w, 7, 3);
	feed(w, record_fork(1, 2, 1, FILES(1), FILES(1)));
	at = enter(w);
	DID(w, read, .h.tid = 2, .sk = SK(2), .ret = 4, .args = { 91, 0, 9 });
	passed(w, at, 7, 3, 1);
	DID(w, sendmsg, .sk = SK(1), .ret = 4, .args = { 90 }, .dur = at);
	assert_int_equal(life_of(w, 3)->flights[0].to, NOW(w));
	assert_int_equal(life_of(w, 3)->flights[0].received, 0);
}

static void a_packet_is_discarded_as_a_whole(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_SEQPACKET);
	tcp(w, 7, 3);
	tcp(w, 8, 4);
	DID(w, write, .sk = SK(1), .ret = 100, .args = { 90, 0, 100 });
	pass(w, 7, 3, 1, 100);
	pass(w, 8, 4, 1, 100);
	DID(w, read, .sk = SK(2), .ret = 1, .args = { 91, 0, 1 });
	DID(w, read, .sk = SK(2), .ret = 1, .args = { 91, 0, 1 });
	assert_int_equal(life_of(w, 3)->flights[0].to, NOW(w));
	assert_int_equal(life_of(w, 4)->flights[0].to, OPEN);
}

static void a_read_of_nothing_takes_no_packet(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_SEQPACKET);
	tcp(w, 7, 3);
	pass(w, 7, 3, 1, 100);
	DID(w, read, .sk = SK(2), .ret = 0, .args = { 91, 0, 0 });
	assert_int_equal(life_of(w, 3)->flights[0].to, OPEN);
}

static void several_messages_of_one_call_have_no_place(void **state)
{
	struct world *w = *state;
	uint64_t at;

	pair(w, 90, 1, SOCK_SEQPACKET);
	tcp(w, 7, 3);
	at = enter(w);
	passed(w, at, 7, 3, 1); /* in the second one */
	DID(w, sendmmsg, .sk = SK(1), .ret = 2, .args = { 90, 0, 2 }, .dur = at);
	DID(w, read, .sk = SK(2), .ret = 1, .args = { 91, 0, 1 });
	assert_int_equal(life_of(w, 3)->flights[0].to, OPEN);
}

static void those_that_found_no_room_are_discarded(void **state)
{
	struct world *w = *state;
	uint64_t at;

	pair(w, 90, 1, SOCK_STREAM);
	tcp(w, 7, 3);
	tcp(w, 8, 4);
	at = enter(w);
	passed(w, at, 7, 3, 1);
	passed(w, at, 8, 4, 1);
	DID(w, sendmsg, .sk = SK(1), .ret = 1, .args = { 90 }, .dur = at);
	take(w, 1, 9, 3, 2);
	assert_int_equal(life_of(w, 3)->flights[0].received, event_last(w)->id);
	assert_int_equal(life_of(w, 4)->flights[0].to, NOW(w));
	assert_int_equal(life_of(w, 4)->flights[0].received, 0);
}

/* The other end was made before the trace: how much it has received since is not known. */
static void cut_control_data_discards_the_oldest(void **state)
{
	struct world *w = *state;

	tcp(w, 7, 3);
	tcp(w, 8, 4);
	for (int n = 1; n <= 2; n++) {
		feed(w, record_sock(SK(n), n, AF_UNIX, SOCK_STREAM));
		feed(w,
		     record_name(
			     (struct rec_name){ .sk = SK(n), .peer_sk = SK(3 - n), TCP(TCP_ESTABLISHED, | VIEW_PEER) },
			     NONE, NONE));
	}
	pass(w, 7, 3, 1, 1);
	pass(w, 8, 4, 1, 1);
	DID(w, read, .sk = SK(2), .ret = 1, .args = { 91, 0, 1 });
	receive_cut(w, 2, 1);
	assert_int_equal(life_of(w, 3)->flights[0].to, NOW(w));
	assert_int_equal(life_of(w, 4)->flights[0].to, OPEN);
}

static void what_recvmmsg_took_is_not_known(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_DGRAM);
	tcp(w, 7, 3);
	pass(w, 7, 3, 1, 1);
	DID(w, recvmmsg, .sk = SK(2), .ret = 1, .args = { 91, 0, 1 });
	DID(w, read, .sk = SK(2), .ret = 1, .args = { 91, 0, 1 });
	assert_int_equal(life_of(w, 3)->flights[0].to, OPEN);
}

/* A sender without a peer: the datagram's way is told by its arrival. */
static void a_datagram_is_in_the_queue_that_it_reached(void **state)
{
	struct world *w = *state;
	union record arrived = record_fact(FACT_ARRIVED, SK(2), 1);
	struct address name = { .len = 5, .bytes = { AF_UNIX, 0, '/', 's', 0 } };
	union record send = call_of(CALL_sendmsg, (struct rec_call){ .sk = SK(1), .ret = 1, .args = { 90 } });
	const struct data_msg msg = { .iovlen = 1, .name = { 5, 5 } };

	socket_of(w, 90, 1, AF_UNIX, SOCK_DGRAM);
	socket_of(w, 91, 2, AF_UNIX, SOCK_DGRAM);
	tcp(w, 7, 3);
	send.call.dur = enter(w);
	arrived.fact.h.tid = 1;
	arrived.fact.at = send.call.dur;
	arrived.fact.other = SK(1);
	record_data(&send, DATA_MSG, &msg, sizeof(msg), name.bytes, name.len);
	feed(w, arrived);
	passed(w, arrived.fact.at, 7, 3, 1);
	feed(w, send);
	close_of(w, 7, 3);
	DID(w, read, .sk = SK(2), .ret = 1, .args = { 91, 0, 9 });
	assert_int_equal(life_of(w, 3)->closed, NOW(w));
	assert_int_equal(life_of(w, 3)->states[1].cause, event_last(w)->id);
}

static void many_fly_and_none_is_left(void **state)
{
	struct world *w = *state;

	pair(w, 90, 1, SOCK_STREAM);
	for (int n = 3; n < 1003; n++) {
		tcp(w, 7, n);
		pass(w, 7, n, 1, 1);
		close_of(w, 7, n);
	}
	assert_null(w->lives);
	close_of(w, 91, 2);
	for (int n = 3; n < 1003; n++)
		assert_int_equal(life_of(w, n)->closed, event_last(w)->t);
}

/* Socket 1 is connected to one of a process that is not in the trace. */
static void of_those_that_nobody_can_receive_the_oldest_are_forgotten(void **state)
{
	const int count = 10000, kept = 4096;
	struct world *w = *state;

	socket_of(w, 90, 1, AF_UNIX, SOCK_STREAM);
	feed(w, record_name((struct rec_name){ .sk = SK(1), .peer_sk = SK(2), TCP(TCP_ESTABLISHED, | VIEW_PEER) }, NONE,
			    NONE));
	for (int n = 3; n < 3 + count; n++) {
		tcp(w, 7, n);
		pass(w, 7, n, 1, 1);
		close_of(w, 7, n);
	}
	assert_int_equal(w->life_count, count - kept);
	for (size_t i = 0; i < w->life_count; i++) {
		assert_int_equal(w->lives[i].inode, i + 3);
		assert_int_equal(w->lives[i].closed, OPEN);
		assert_int_equal(w->lives[i].flights[0].to, OPEN);
		assert_true(w->lives[i].uncertain);
	}
	assert_false(life_of(w, (uint64_t)count)->uncertain);
}

static void one_that_has_a_descriptor_stays_known(void **state)
{
	struct world *w = *state;

	socket_of(w, 90, 1, AF_UNIX, SOCK_STREAM);
	feed(w, record_name((struct rec_name){ .sk = SK(1), .peer_sk = SK(2), TCP(TCP_ESTABLISHED, | VIEW_PEER) }, NONE,
			    NONE));
	tcp(w, 7, 3);
	for (int i = 0; i < 5000; i++)
		pass(w, 7, 3, 1, 1);
	assert_null(w->lives);
	close_of(w, 7, 3);
	assert_int_equal(life_of(w, 3)->flight_count, 5000);
	assert_int_equal(life_of(w, 3)->closed, OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(it_closes_with_the_socket_whose_queue_it_was_in),
		WORLD_TEST(it_closes_with_the_exit_of_its_receiver),
		WORLD_TEST(what_has_a_descriptor_stays_when_its_message_goes),
		WORLD_TEST(the_senders_close_leaves_it_in_flight),
		WORLD_TEST(messages_in_messages_go_together),
		WORLD_TEST(what_was_closed_before_it_was_told_to_be_sent_flies),
		WORLD_TEST(a_socket_in_a_message_to_itself_stays),
		WORLD_TEST(a_read_discards_what_it_passes),
		WORLD_TEST(a_read_that_returns_before_the_send_discards_too),
		WORLD_TEST(a_packet_is_discarded_as_a_whole),
		WORLD_TEST(a_read_of_nothing_takes_no_packet),
		WORLD_TEST(several_messages_of_one_call_have_no_place),
		WORLD_TEST(those_that_found_no_room_are_discarded),
		WORLD_TEST(cut_control_data_discards_the_oldest),
		WORLD_TEST(what_recvmmsg_took_is_not_known),
		WORLD_TEST(a_datagram_is_in_the_queue_that_it_reached),
		WORLD_TEST(of_those_that_nobody_can_receive_the_oldest_are_forgotten),
		WORLD_TEST(one_that_has_a_descriptor_stays_known),
		WORLD_TEST(many_fly_and_none_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
