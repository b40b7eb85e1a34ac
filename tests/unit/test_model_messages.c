/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_messages.c: bytes and datagrams of each kind of call, and what is noted where some were cut.
 */
#include "world.h"

/* A fact of the call that thread 1 entered at `at`. */
static void fact(struct world *w, enum fact_kind kind, int64_t value, uint64_t at)
{
	union record r = record_fact(kind, SK(1), value);

	r.fact.h.tid = 1;
	r.fact.at = at;
	feed(w, r);
}

static void assert_note(const struct world *w, const char *note)
{
	if (!note) {
		assert_null(event_last(w)->note);
		return;
	}
	assert_non_null(event_last(w)->note);
	assert_string_equal(event_last(w)->note, note);
}

#define MSG_OUT(...) ((struct data_msg){ .iovlen = 1, __VA_ARGS__ })

/* A call of a message, or of several. */
static void message(struct world *w, int id, struct data_msg msg, struct rec_call c)
{
	union record r = call_of(id, c);

	record_data(&r, DATA_MSG, &msg, sizeof(msg), "", 0);
	feed(w, r);
}

static void a_datagram_without_bytes_is_a_message(void **state)
{
	struct world *w = *state;
	union record r = call_of(CALL_recvmmsg, (struct rec_call){ .sk = SK(1), .ret = 3, .args = { 3, 0, 9 } });
	const struct data_msg msg = { .bytes = 30, .flags = MSG_TRUNC };

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	DID(w, sendto, .sk = SK(1), .ret = 0, .args = { 3 });
	DID(w, recvfrom, .sk = SK(1), .ret = 0, .args = { 3, 0, 9 });
	record_data(&r, DATA_MSG, &msg, sizeof(msg), "", 0);
	feed(w, r);
	assert_int_equal(life_of(w, 1)->messages_sent, 1);
	assert_int_equal(life_of(w, 1)->messages_received, 4);
	assert_int_equal(life_of(w, 1)->truncated, 1);
	assert_int_equal(life_of(w, 1)->received, 30);
	STATES_ARE(life_of(w, 1), STATE_CREATED);
}

static void a_cut_datagram_has_both_lengths(void **state)
{
	struct world *w = *state;
	uint64_t at;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	at = w->now + 1;
	fact(w, FACT_LENGTH, 100, at);
	DID(w, read, .sk = SK(1), .ret = 8, .args = { 3, 0, 8 }, .dur = at);
	assert_note(w, "truncated: 8 of 100 bytes");
	at = w->now + 1;
	fact(w, FACT_LENGTH, 8, at);
	DID(w, read, .sk = SK(1), .ret = 8, .args = { 3, 0, 8 }, .dur = at);
	assert_note(w, NULL);
	assert_int_equal(life_of(w, 1)->truncated, 1);
	assert_int_equal(life_of(w, 1)->received, 16);
	assert_int_equal(life_of(w, 1)->messages_received, 2);
}

static void a_fact_of_a_call_that_never_returned_is_not_the_next_ones(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	fact(w, FACT_LENGTH, 100, w->now + 1);
	DID(w, read, .sk = SK(1), .ret = 8, .args = { 3, 0, 8 });
	assert_note(w, NULL);
	assert_int_equal(life_of(w, 1)->truncated, 0);
}

static void a_cut_that_the_kernel_told_of_counts_once(void **state)
{
	struct world *w = *state;
	uint64_t at;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	message(w, CALL_recvmsg, MSG_OUT(.flags = MSG_TRUNC),
		(struct rec_call){ .sk = SK(1), .ret = 8, .args = { 3 } });
	assert_note(w, "truncated: 8 bytes of more");
	at = w->now + 1;
	fact(w, FACT_LENGTH, 100, at);
	message(w, CALL_recvmsg, MSG_OUT(.flags = MSG_TRUNC),
		(struct rec_call){ .sk = SK(1), .ret = 8, .args = { 3 }, .dur = at });
	assert_note(w, "truncated: 8 of 100 bytes");
	assert_int_equal(life_of(w, 1)->truncated, 2);
	assert_int_equal(life_of(w, 1)->received, 16);
}

static void a_length_that_was_asked_for_is_not_what_was_copied(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	DID(w, recvfrom, .sk = SK(1), .ret = 100, .args = { 3, 0, 8, MSG_TRUNC });
	assert_note(w, "truncated: 8 of 100 bytes");
	DID(w, recvfrom, .sk = SK(1), .ret = 8, .args = { 3, 0, 8, MSG_TRUNC });
	assert_note(w, NULL);
	message(w, CALL_recvmsg, MSG_OUT(.flags = MSG_TRUNC),
		(struct rec_call){ .sk = SK(1), .ret = 100, .args = { 3, 0, MSG_TRUNC } });
	assert_note(w, "truncated: a part of 100 bytes");
	assert_int_equal(life_of(w, 1)->truncated, 2);
	assert_int_equal(life_of(w, 1)->received, 8 + 8 + 100); /* of the last one nobody knows better */
}

/* By io_uring a length of 0 may stand for that of a provided buffer, which is not known. */
static void a_buffer_that_the_kernel_chose_has_no_known_length(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	DID(w, recvfrom, URING, .sk = SK(1), .ret = 100, .args = { 3, 0, 0, MSG_TRUNC });
	assert_null(event_last(w)->note);
	DID(w, read, URING, .sk = SK(1), .args = { 3 }); /* a datagram without bytes */
	assert_int_equal(life_of(w, 1)->received, 100);
	assert_int_equal(life_of(w, 1)->messages_received, 2);
	assert_int_equal(life_of(w, 1)->truncated, 0);
}

static void a_look_at_a_cut_datagram_counts_nothing(void **state)
{
	struct world *w = *state;
	uint64_t at;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	at = w->now + 1;
	fact(w, FACT_LENGTH, 100, at);
	DID(w, recvfrom, .sk = SK(1), .ret = 8, .args = { 3, 0, 8, MSG_PEEK }, .dur = at);
	assert_note(w, "truncated: 8 of 100 bytes");
	assert_int_equal(life_of(w, 1)->truncated, 0);
	assert_int_equal(life_of(w, 1)->received, 0);
	assert_int_equal(life_of(w, 1)->messages_received, 0);
}

static void of_several_messages_one_was_cut(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	message(w, CALL_recvmmsg, MSG_OUT(.bytes = 30, .flags = MSG_TRUNC),
		(struct rec_call){ .sk = SK(1), .ret = 3, .args = { 3, 0, 9 } });
	assert_note(w, "truncated: the first of 3 messages");
	assert_int_equal(life_of(w, 1)->truncated, 1);
	assert_int_equal(life_of(w, 1)->messages_received, 3);
	assert_int_equal(life_of(w, 1)->received, 30);
}

static void a_stream_throws_away_what_it_would_copy(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, recvfrom, .sk = SK(1), .ret = 8, .args = { 3, 0, 8, MSG_TRUNC }, TCP(TCP_ESTABLISHED, ));
	assert_note(w, "discarded");
	DID(w, recvfrom, .sk = SK(1), .ret = 8, .args = { 3, 0, 8, MSG_TRUNC | MSG_PEEK }, TCP(TCP_ESTABLISHED, ));
	assert_note(w, NULL);
	DID(w, recvfrom, .sk = SK(1), .ret = 1, .args = { 3, 0, 1, MSG_OOB }, TCP(TCP_ESTABLISHED, ));
	socket_of(w, 4, 2, AF_UNIX, SOCK_STREAM); /* unix_stream_read_generic() copies all the same */
	DID(w, recvfrom, .sk = SK(2), .ret = 8, .args = { 4, 0, 8, MSG_TRUNC }, TCP(TCP_ESTABLISHED, ));
	assert_note(w, NULL);
	assert_int_equal(life_of(w, 1)->received, 9);
	assert_int_equal(life_of(w, 1)->truncated, 0);
	assert_int_equal(life_of(w, 2)->received, 8);
}

static void a_seqpacket_is_cut_like_a_datagram(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_UNIX, SOCK_SEQPACKET);
	DID(w, recvfrom, .sk = SK(1), .ret = 100, .args = { 3, 0, 8, MSG_TRUNC }, TCP(TCP_ESTABLISHED, ));
	assert_note(w, "truncated: 8 of 100 bytes");
	assert_int_equal(life_of(w, 1)->received, 8);
	assert_int_equal(life_of(w, 1)->messages_received, 0);
}

static void segments_are_messages(void **state)
{
	struct world *w = *state;
	uint64_t at;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	at = w->now + 1;
	fact(w, FACT_SEGMENTS, 1000, at);
	DID(w, sendto, .sk = SK(1), .ret = 2500, .args = { 3, 0, 2500 }, .dur = at);
	at = w->now + 1;
	fact(w, FACT_SEGMENTS, 1000, at);
	fact(w, FACT_LENGTH, 4000, at);
	DID(w, recvfrom, .sk = SK(1), .ret = 2000, .args = { 3, 0, 2000 }, .dur = at);
	assert_note(w, "truncated: 2000 of 4000 bytes");
	assert_int_equal(life_of(w, 1)->messages_sent, 3);
	assert_int_equal(life_of(w, 1)->messages_received, 4);
	assert_int_equal(life_of(w, 1)->received, 2000);
}

/* MSG_MORE: udp(7). writev() and its kind do not reach the socket with nothing, nor does a read() of nothing. */
static void what_is_no_message_yet_or_at_all(void **state)
{
	struct world *w = *state;
	uint64_t at;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	DID(w, sendto, .sk = SK(1), .ret = 5, .args = { 3, 0, 5, MSG_MORE });
	DID(w, sendto, .sk = SK(1), .ret = 1, .args = { 3, 0, 1 });
	DID(w, writev, .sk = SK(1), .ret = 0, .args = { 3, 0, 1 });
	DID(w, sendfile, .sk = SK(1), .ret = 0, .args = { 3, 9, 0, 7 });
	DID(w, write, .sk = SK(1), .ret = 0, .args = { 3 });
	DID(w, read, .sk = SK(1), .ret = 0, .args = { 3, 0, 0 });
	at = w->now + 1;
	fact(w, FACT_LENGTH, 7, at);
	DID(w, readv, .sk = SK(1), .ret = 0, .args = { 3, 0, 1 }, .dur = at);
	assert_note(w, NULL);
	DID(w, recvfrom, .sk = SK(1), .ret = 0, .args = { 3, 0, 0 });
	DID(w, read, .sk = SK(1), .ret = 0, .args = { 3, 0, 9 });
	socket_of(w, 4, 2, AF_UNIX, SOCK_DGRAM);
	DID(w, sendto, .sk = SK(2), .ret = 5, .args = { 4, 0, 5, MSG_MORE });
	assert_int_equal(life_of(w, 1)->messages_sent, 2);
	assert_int_equal(life_of(w, 1)->messages_received, 2);
	assert_int_equal(life_of(w, 1)->sent, 6);
	assert_int_equal(life_of(w, 2)->messages_sent, 1);
}

static void nothing_after_a_shutdown_is_no_message(void **state)
{
	struct world *w = *state;

	socket_of(w, 3, 1, AF_INET, SOCK_DGRAM);
	DID(w, shutdown, .sk = SK(1), .args = { 3, SHUT_RD }, .ret = -ENOTCONN, TCP(TCP_CLOSE, ), .shutdown = 1);
	DID(w, recvfrom, .sk = SK(1), .ret = 0, .args = { 3, 0, 9 }, TCP(TCP_CLOSE, ), .shutdown = 1);
	DID(w, recvfrom, .sk = SK(1), .ret = 4, .args = { 3, 0, 9 }, TCP(TCP_CLOSE, ), .shutdown = 1);
	assert_int_equal(life_of(w, 1)->messages_received, 1);
}

/* What each successful call says it moved is what its socket has moved. */
static void sums_are_those_of_the_calls(void **state)
{
	struct world *w = *state;
	static const struct {
		int call;
		int64_t ret;
		uint64_t flags; /* third argument of recvmsg and sendmsg, fourth of others */
		int sends; /* bytes count as sent, else as received */
		int64_t counts;
	} calls[] = {
		{ CALL_sendto, 1, 0, 1, 1 },
		{ CALL_sendto, 2, MSG_OOB, 1, 2 },
		{ CALL_sendto, -EAGAIN, 0, 1, 0 },
		{ CALL_sendmsg, 4, 0, 1, 4 },
		{ CALL_write, 8, 0, 1, 8 },
		{ CALL_writev, 16, 0, 1, 16 },
		{ CALL_pwritev2, 32, 0, 1, 32 },
		{ CALL_sendfile, 64, 0, 1, 64 },
		{ CALL_recvfrom, 1, 0, 0, 1 },
		{ CALL_recvfrom, 2, MSG_PEEK, 0, 0 },
		{ CALL_recvfrom, 4, MSG_WAITALL, 0, 4 },
		{ CALL_recvfrom, -ECONNRESET, 0, 0, 0 },
		{ CALL_recvfrom, 8, MSG_ERRQUEUE, 0, 0 },
		{ CALL_recvfrom, 16, MSG_OOB, 0, 16 },
		{ CALL_recvmsg, 32, 0, 0, 32 },
		{ CALL_recvmsg, 64, MSG_ERRQUEUE, 0, 0 },
		{ CALL_read, 128, 0, 0, 128 },
		{ CALL_readv, 256, 0, 0, 256 },
		{ CALL_preadv2, 512, 0, 0, 512 },
		{ CALL_splice, 1024, 0, 0, 1024 },
		{ CALL_read, 0, 0, 0, 0 },
		{ CALL_ioctl, 5, 0, 0, 0 },
	};
	uint64_t moved[2] = { 2048 + 4096, 8192 };

	tcp(w, 3, 1);
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		struct rec_call c = {
			.sk = SK(1), .ret = calls[i].ret, .args = { 3, 0, 9999 }, TCP(TCP_ESTABLISHED, )
		};

		c.args[calls[i].call == CALL_sendmsg || calls[i].call == CALL_recvmsg ? 2 : 3] = calls[i].flags;
		feed(w, call_of(calls[i].call, c));
		moved[!calls[i].sends] += (uint64_t)calls[i].counts;
	}
	DID(w, splice, .h.flags = CALL_SECOND, .sk = SK(1), .ret = 2048, .args = { 9, 0, 3 }, TCP(TCP_ESTABLISHED, ));
	message(w, CALL_sendmmsg, MSG_OUT(.bytes = 4096),
		(struct rec_call){ .sk = SK(1), .ret = 2, .args = { 3, 0, 2 }, TCP(TCP_ESTABLISHED, ) });
	message(w, CALL_recvmmsg, MSG_OUT(.bytes = 8192),
		(struct rec_call){ .sk = SK(1), .ret = 2, .args = { 3, 0, 2 }, TCP(TCP_ESTABLISHED, ) });
	assert_int_equal(life_of(w, 1)->sent, moved[0]);
	assert_int_equal(life_of(w, 1)->received, moved[1]);
	assert_int_equal(life_of(w, 1)->messages_sent, 0);
	assert_int_equal(life_of(w, 1)->messages_received, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_datagram_without_bytes_is_a_message),
		WORLD_TEST(a_cut_datagram_has_both_lengths),
		WORLD_TEST(a_fact_of_a_call_that_never_returned_is_not_the_next_ones),
		WORLD_TEST(a_cut_that_the_kernel_told_of_counts_once),
		WORLD_TEST(a_length_that_was_asked_for_is_not_what_was_copied),
		WORLD_TEST(a_buffer_that_the_kernel_chose_has_no_known_length),
		WORLD_TEST(a_look_at_a_cut_datagram_counts_nothing),
		WORLD_TEST(of_several_messages_one_was_cut),
		WORLD_TEST(a_stream_throws_away_what_it_would_copy),
		WORLD_TEST(a_seqpacket_is_cut_like_a_datagram),
		WORLD_TEST(segments_are_messages),
		WORLD_TEST(what_is_no_message_yet_or_at_all),
		WORLD_TEST(nothing_after_a_shutdown_is_no_message),
		WORLD_TEST(sums_are_those_of_the_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
