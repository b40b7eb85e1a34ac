// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accept queues: how many connections wait in a listener's, and for how long each did. One that waits is no socket of the
 * trace yet: it is known by its kernel address, until an accept() returns it or too many others came after it.
 */
#include <stdlib.h>
#include <sys/socket.h>

#include "model_snapshot.h"

#define PENDING_MAX 8192

struct pending {
	uint64_t sk; /* key */
	int64_t listener; /* id, 0: not known */
	int64_t since;
	uint64_t numbers;
	UT_hash_handle hh; /* in the order in which they came */
};

static struct pending *pending_find(struct model *m, uint64_t sk)
{
	struct pending *p;

	HASH_FIND(hh, m->pending, &sk, sizeof(sk), p);
	return p;
}

static void pending_drop(struct model *m, struct pending *p)
{
	HASH_DEL(m->pending, p);
	free(p);
}

void queue_arrived(struct model *m, uint64_t sk, uint64_t numbers)
{
	struct pending *p = pending_find(m, sk);

	if (p) /* nobody accepted it, and the kernel uses its address again */
		pending_drop(m, p);
	else if (HASH_COUNT(m->pending) == PENDING_MAX)
		pending_drop(m, m->pending);
	p = model_alloc(m, sizeof(*p));
	if (!p)
		return;
	*p = (struct pending){ .sk = sk, .since = m->now, .numbers = numbers };
	HASH_ADD(hh, m->pending, sk, sizeof(p->sk), p);
}

/* TCP has told of it before, when it was established; of a unix one this is the first word. */
static void queue_came(struct model *m, const struct sock *listener, uint64_t sk)
{
	const struct sock *s = sock_find(m, sk);
	bool taken = s && s->state != STATE_CLOSED && s->state != STATE_NONE;

	if (!taken && (listener->life.family == AF_UNIX || !pending_find(m, sk)))
		queue_arrived(m, sk, 0);
	if (pending_find(m, sk))
		pending_find(m, sk)->listener = listener->life.id;
}

bool queue_holds(struct model *m, const struct sock *listener, uint64_t sk)
{
	const struct pending *p = pending_find(m, sk);

	return p && p->listener == listener->life.id;
}

size_t queue_known(const struct model *m, const struct sock *listener)
{
	size_t known = 0;

	for (const struct pending *p = m->pending; p; p = p->hh.next)
		known += p->listener == listener->life.id;
	return known;
}

void queue_accepted(struct model *m, struct thread *th, struct sock *listener, struct sock *s)
{
	struct pending *p = pending_find(m, s->sk);

	if (listener && !listener->life.deepest) /* nobody tells who comes (before Linux 6.3) */
		listener->life.deepest = 1;
	if (!p && th->taken) /* MPTCP: what waited was its first subflow */
		p = pending_find(m, th->taken);
	th->taken = 0;
	s->life.queued_to = m->now;
	if (!p)
		return;
	s->life.queued_from = p->since;
	if (p->numbers)
		peers_numbered(m, s, p->numbers);
	pending_drop(m, p);
}

/* Makes room, and leaves the peaks. */
static void depths_halve(struct life *l)
{
	const struct depth *q = l->queue;
	size_t i;

	for (i = 0; i < QUEUE_MAX / 2; i++)
		l->queue[i] = q[2 * i].depth > q[2 * i + 1].depth ? q[2 * i] : q[2 * i + 1];
	l->queue_count = i;
}

static void depth_add(struct model *m, struct life *l, uint32_t depth)
{
	struct depth *d;

	if (l->queue_count == QUEUE_MAX)
		depths_halve(l);
	d = GROW(m, l->queue, l->queue_count);
	if (d)
		*d = (struct depth){ .t = m->now, .depth = depth };
}

static void depth_set(struct model *m, struct sock *s, uint32_t depth)
{
	struct life *l = &s->life;
	bool changed = (s->depth < 0 ? 0 : s->depth) != depth;

	s->depth = depth;
	if (l->deepest < depth)
		l->deepest = depth;
	if (changed)
		depth_add(m, l, depth);
}

/* The counter of a socket that the trace saw from the start began at 0. */
static void drops_set(struct model *m, struct sock *s, uint32_t drops)
{
	int64_t before = s->life.overflows;

	if (s->life.family == AF_UNIX)
		return;
	if (s->drops < 0)
		s->drops = s->life.origin == ORIGIN_SOCKET ? 0 : drops;
	s->life.overflows = (uint32_t)(drops - (uint32_t)s->drops);
	if (s->life.overflows > (before < 0 ? 0 : before))
		trouble_happened(m, s,
				 (struct trouble){ .kind = TROUBLE_OVERFLOW,
						   .count = s->life.overflows - (before < 0 ? 0 : before) });
}

/* It listens no more, and what was in the queue is lost: close(), or the shutdown() of a TCP listener. */
static void queue_emptied(struct model *m, struct sock *s)
{
	s->emptied += s->depth;
	if (s->state == STATE_CLOSED)
		s->depth = 0;
	else
		depth_set(m, s, 0);
}

void queue_closed(struct sock *s)
{
	s->life.unaccepted = s->emptied + s->depth;
}

void queue_found(struct model *m, struct sock *s)
{
	if (s->state != STATE_LISTENING || s->depth < 0)
		return;
	s->life.deepest = s->depth;
	depth_add(m, &s->life, (uint32_t)s->depth);
	drops_set(m, s, (uint32_t)s->drops);
}

void queue_told(struct model *m, const struct rec_fact *r)
{
	struct sock *s = sock_find(m, r->sk);
	struct thread *th = thread_of(m, &r->h, r->at);

	if (th)
		th->taken = r->other;
	if (s && !r->h.tid && r->other) /* an accept() can hold a listener that was closed */
		queue_came(m, s, r->other);
	if (s && s->state == STATE_NONE) { /* it is to be found */
		s->depth = (uint32_t)r->value;
		s->drops = r->extra;
	}
	s = fact_sock(m, r->sk);
	if (!s)
		return;
	depth_set(m, s, (uint32_t)r->value);
	drops_set(m, s, r->extra);
	if (s->ended != OPEN && !r->other)
		queue_emptied(m, s);
	if (s->state == STATE_CLOSED)
		queue_closed(s);
}

void queues_free(struct model *m)
{
	struct pending *p, *next;

	HASH_ITER (hh, m->pending, p, next)
		pending_drop(m, p);
}
