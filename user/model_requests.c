// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls by io_uring. A thread has many in progress at once, so each has for itself what a thread has for its one call; it is
 * known by when it was submitted. What they do is told by no thread's call: it is found here among the kernel's facts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"

#define REQUESTS_MAX 65536 /* of a thread: IORING_MAX_CQ_ENTRIES, io_uring/io_uring.h */
#define V(x) (1u << VERB_##x)
#define S(x) (1u << STATE_##x)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct thread *request_new(struct model *m, struct thread *th, uint64_t at)
{
	struct thread *rq;

	if (HASH_COUNT(th->requests) >= REQUESTS_MAX) /* the ends of the oldest were lost */
		request_forget(m, th->requests);
	rq = model_alloc(m, sizeof(*rq));
	if (!rq)
		return NULL;
	rq->tid = th->tid;
	rq->submitted = at;
	rq->owner = th;
	rq->proc = th->proc;
	rq->table = th->table;
	th->proc->rings = true;
	HASH_ADD(hh, th->requests, submitted, sizeof(rq->submitted), rq);
	return rq;
}

struct thread *thread_of(struct model *m, const struct rec_head *h, uint64_t at)
{
	struct thread *th, *rq;

	if (!h->tid || CALL_VIA(h->flags) != VIA_IO_URING)
		return h->tid ? thread_get(m, h->tid) : NULL;
	th = thread_ringed(m, h->tid);
	if (!th)
		return NULL;
	HASH_FIND(hh, th->requests, &at, sizeof(at), rq);
	if (!rq)
		return request_new(m, th, at);
	rq->table = th->table;
	return rq;
}

void request_forget(struct model *m, struct thread *rq)
{
	call_abandoned(m, rq);
	HASH_DEL(rq->owner->requests, rq);
	thread_free(rq);
}

void requests_forget(struct model *m, struct thread *th)
{
	struct thread *rq, *next;

	HASH_ITER (hh, th->requests, rq, next)
		request_forget(m, rq);
}

void requests_follow(struct thread *th)
{
	for (struct thread *rq = th->requests; rq; rq = rq->hh.next) {
		rq->proc = th->proc;
		rq->table = th->table;
	}
}

/* The last state that the kernel was told to be the cause of since then, by the fact's name; NULL: none. */
static struct state_span *state_since(const struct sock *s, int64_t since, const char *fact)
{
	for (size_t i = s->life.state_count; i-- && s->life.states[i].from >= since;) {
		struct state_span *span = &s->life.states[i];

		if (span->fact && !strcmp(span->fact, fact))
			return span;
	}
	return NULL;
}

static void span_caused(struct state_span *span, int64_t event)
{
	span->cause = event;
	span->fact = NULL;
}

/* What it did that is told with its thread where that makes the call itself: change_cause(). */
static void request_caused(struct model *m, struct sock *s, const struct call *c, int64_t event)
{
	static const struct {
		unsigned int verbs, before; /* bit sets; before: the state that was left */
		const char *fact;
	} doings[] = {
		{ V(LISTEN), ~0u, "TCP_LISTEN" },
		{ V(SHUT_WR) | V(SHUT_RDWR), ~0u, "TCP_FIN_WAIT1" },
		{ V(SHUT_WR) | V(SHUT_RDWR), ~0u, "TCP_LAST_ACK" },
		{ V(SHUT_RD) | V(SHUT_WR) | V(SHUT_RDWR), S(LISTENING) | S(CONNECTING), "TCP_CLOSE" },
		{ V(DISSOLVE), ~0u, "TCP_CLOSE" },
		{ V(SEND), ~0u, "TCP_SYN_SENT" }, /* Fast Open */
	};
	struct state_span *span;

	for (size_t i = 0; i < COUNT(doings); i++) {
		if (!(doings[i].verbs >> c->verb & 1))
			continue;
		span = state_since(s, model_time(m, c->enter), doings[i].fact);
		if (span && span > s->life.states && doings[i].before >> span[-1].state & 1)
			span_caused(span, event);
	}
}

/* The kernel told of it together with what became of it: it began when connect_began() has it. */
static void span_widened(struct model *m, struct state_span *span, const struct call *c)
{
	int64_t since = model_time(m, c->enter);

	span->from = since > span[-1].from ? since : span[-1].from;
	span[-1].to = span->from;
}

/* It began when the kernel told that, and was over when it told of the next state. */
static void connect_followed(struct model *m, struct sock *s, const struct call *c, struct state_span *span,
			     int64_t event)
{
	struct state_span *next = span->to == OPEN ? NULL : span + 1;
	int64_t now = m->now;

	if (span->to == span->from && span > s->life.states)
		span_widened(m, span, c);
	span_caused(span, event);
	m->now = span->from;
	attempt_begin(m, s, c);
	if (next && c->outcome != OUTCOME_PENDING && c->outcome != OUTCOME_INTERRUPTED)
		span_caused(next, event);
	if (next) {
		m->now = next->from;
		attempt_over(m, s, next->state == STATE_FAILED ? c->err : 0);
	}
	m->now = now;
}

/* A unix socket's, or one of that the facts were lost. It began when it was submitted, or when what it waited for was done. */
static void connect_began(struct model *m, struct sock *s, const struct call *c, int64_t event)
{
	int64_t now = m->now, since = model_time(m, c->enter), last = s->life.states[s->life.state_count - 1].from;

	m->now = since > last ? since : last;
	sock_apply(m, s, VERB_START, OUTCOME_OK, FACT_UNKNOWN, event);
	if (s->state == STATE_CONNECTING) {
		s->connecting = event;
		s->ended = OPEN;
		attempt_begin(m, s, c);
	}
	m->now = now;
}

/* A connect() on a socket that was not known when it was submitted: no entry was told of. */
static void connect_unseen(struct model *m, struct sock *s, const struct call *c, int64_t event)
{
	struct state_span *span = state_since(s, model_time(m, c->enter), "TCP_SYN_SENT");

	if (s->in_attempt || s->reports || !s->life.state_count)
		return;
	s->view.own_shutdown = 0;
	if (span)
		connect_followed(m, s, c, span, event);
	else if (c->err != ECANCELED)
		connect_began(m, s, c, event);
}

void request_returned(struct model *m, struct sock *s, const struct call *c, const struct event *e)
{
	if (c->verb == VERB_CONNECT && !c->open && !e->socket)
		connect_unseen(m, s, c, e->id);
	else if (!c->err && (!c->open || c->silent))
		request_caused(m, s, c, e->id);
}
