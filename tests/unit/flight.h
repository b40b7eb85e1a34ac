/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptors in messages, for the tests of user/model_flight.c: what a world is fed of them.
 */
#ifndef SOCKLIFE_TEST_FLIGHT_H
#define SOCKLIFE_TEST_FLIGHT_H

#include "world.h"

/* A unix pair, each told of the other: the sockets n and n + 1 by the numbers fd and fd + 1. */
static inline void pair(struct world *w, int fd, int n, int type)
{
	const int fds[2] = { fd, fd + 1 };
	union record r =
		call_of(CALL_socketpair, (struct rec_call){ .sk = SK(n), .sk2 = SK(n + 1), .args = { AF_UNIX, type } });

	for (int i = 0; i < 2; i++)
		feed(w, record_sock(SK(n + i), n + i, AF_UNIX, type));
	for (int i = 0; i < 2; i++)
		feed(w, record_name((struct rec_name){ .sk = SK(n + i),
						       .peer_sk = SK(n + 1 - i),
						       TCP(TCP_ESTABLISHED, | VIEW_PEER) },
				    NONE, NONE));
	record_data(&r, DATA_PAIR, fds, sizeof(fds), "", 0);
	feed(w, r);
}

/* The call that thread tid enters now, and that returns after the facts which are told until then. */
static inline uint64_t enter(struct world *w)
{
	return w->now + 1;
}

static inline void right(struct world *w, enum fact_kind kind, uint32_t tid, uint64_t at, int fd, int n, int on)
{
	union record r = record_fact(kind, SK(n), fd);

	r.fact.h.tid = tid;
	r.fact.at = at;
	r.fact.other = SK(on);
	feed(w, r);
}

static inline void passed(struct world *w, uint64_t at, int fd, int n, int on)
{
	right(w, FACT_PASSED, 1, at, fd, n, on);
}

static inline void taken(struct world *w, uint32_t tid, uint64_t at, int fd, int n, int on)
{
	right(w, FACT_TAKEN, tid, at, fd, n, on);
}

/* The n-th socket, known by fd, goes in a message of len bytes through the socket `on`, by thread 1. */
static inline void pass(struct world *w, int fd, int n, int on, int len)
{
	uint64_t at = enter(w);

	passed(w, at, fd, n, on);
	DID(w, sendmsg, .sk = SK(on), .ret = len, .args = { 90 }, .dur = at);
}

static inline void take_with(struct world *w, uint32_t tid, int fd, int n, int on, __u64 flags)
{
	uint64_t at = enter(w);

	taken(w, tid, at, fd, n, on);
	DID(w, recvmsg, .h.tid = tid, .sk = SK(on), .ret = 1, .args = { 91, 0, flags }, .dur = at);
}

static inline void take(struct world *w, uint32_t tid, int fd, int n, int on)
{
	take_with(w, tid, fd, n, on, 0);
}

static inline void assert_flight(const struct life *l, size_t i, int64_t from, int64_t to, int64_t sent,
				 int64_t received)
{
	assert_true(i < l->flight_count);
	assert_int_equal(l->flights[i].from, from);
	assert_int_equal(l->flights[i].to, to);
	assert_int_equal(l->flights[i].sent, sent);
	assert_int_equal(l->flights[i].received, received);
}

#define NOW(w) ((int64_t)((w)->now - MONO))

/* The pair 1, 2 is known by 90 and 91, in a child (thread 10) as well; 3 is the sender's alone, by the number 7. */
static inline void two_processes(struct world *w, int type)
{
	pair(w, 90, 1, type);
	feed(w, record_fork(1, 10, 10, FILES(1), FILES(2)));
	tcp(w, 7, 3);
}

#endif
