/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Datagrams that are sent and received: socket 1 receives by descriptor 3; 2 and 3 send by 4 and 5.
 */
#ifndef SOCKLIFE_TEST_ARRIVALS_H
#define SOCKLIFE_TEST_ARRIVALS_H

#include "world.h"

#define LENGTH 9

/* A datagram that the call of thread tid (entered at `at`) brought from one socket to another. */
static inline void arrive(struct world *w, uint32_t tid, uint64_t at, int from, int to, int64_t length)
{
	union record r = record_fact(FACT_ARRIVED, SK(to), length);

	r.h.tid = tid;
	r.fact.at = at;
	r.fact.other = from ? SK(from) : 0;
	feed(w, r);
}

static inline int64_t send_returns(struct world *w, uint32_t tid, uint64_t at, int from, int64_t length)
{
	DID(w, sendto, .h.tid = tid, .sk = SK(from), .ret = length, .args = { (__u64)from + 2, 0, (__u64)length },
	    .dur = at);
	return event_last(w)->id;
}

/* Returns the event. */
static inline int64_t send_by(struct world *w, uint32_t tid, int from, int to, int64_t length)
{
	uint64_t at = w->now + 1;

	arrive(w, tid, at, from, to, length);
	return send_returns(w, tid, at, from, length);
}

static inline int64_t send_of(struct world *w)
{
	return send_by(w, 1, 2, 1, LENGTH);
}

/* Returns the event that it says was the send. */
static inline int64_t receive_by(struct world *w, uint32_t tid, int64_t length)
{
	DID(w, recvfrom, .h.tid = tid, .sk = SK(1), .ret = length, .args = { 3, 0, 100 });
	return event_last(w)->sent;
}

static inline int64_t receive(struct world *w)
{
	return receive_by(w, 1, LENGTH);
}

static inline void named(struct world *w, int n, struct address local)
{
	feed(w, record_name((struct rec_name){ .sk = SK(n), TCP(TCP_CLOSE, | VIEW_BOUND) }, local, NONE));
}

static inline union record received_from(struct address from, int64_t length)
{
	union record r = call_of(CALL_recvfrom, (struct rec_call){ .sk = SK(1), .ret = length, .args = { 3, 0, 100 } });

	record_addr(&r, from);
	return r;
}

/* recvmmsg() by descriptor n + 2: so many messages, so many bytes of them all. */
static inline union record messages_received(int n, int64_t messages, uint64_t bytes, uint32_t flags)
{
	const struct data_msg msg = { .bytes = bytes, .iovlen = 1, .flags = flags };
	union record r = call_of(CALL_recvmmsg,
				 (struct rec_call){ .sk = SK(n), .ret = messages, .args = { (__u64)n + 2, 0, 9 } });

	record_data(&r, DATA_MSG, &msg, sizeof(msg), "", 0);
	return r;
}

static inline int64_t receive_from(struct world *w, uint16_t port)
{
	feed(w, received_from(inet(port), LENGTH));
	return event_last(w)->sent;
}

static inline int64_t send_to(struct world *w, uint64_t at, uint16_t port, int64_t ret)
{
	union record r = call_of(CALL_sendto, (struct rec_call){ .sk = SK(2), .ret = ret, .args = { 4, 0, LENGTH } });

	r.call.dur = at;
	record_addr(&r, inet(port));
	feed(w, r);
	return event_last(w)->id;
}

/* More than a sender may be late. */
static inline void later(struct world *w)
{
	w->now += 1000000000;
}

static inline int arrivals_new(void **state)
{
	world_new(state);
	socket_of(*state, 3, 1, AF_INET, SOCK_DGRAM);
	socket_of(*state, 4, 2, AF_INET, SOCK_DGRAM);
	socket_of(*state, 5, 3, AF_INET, SOCK_DGRAM);
	return 0;
}

#define ARRIVALS_TEST(f) cmocka_unit_test_setup_teardown(f, arrivals_new, world_free)

#endif
