// SPDX-License-Identifier: GPL-2.0-only
/*
 * What was counted of a socket's sends and receives instead of telling of each. It says how much was moved, neither by which
 * descriptors nor to whom, and comes up to a second later: the thread may have ended, and the socket too.
 */
#include "model_snapshot.h"

static struct thread *thread_was(struct model *m, uint32_t tid)
{
	struct thread *th = thread_find(m, tid);

	for (int i = 0; !th && i < 2; i++)
		HASH_FIND(hh, m->gone[i], &tid, sizeof(tid), th);
	return th;
}

/* Who holds the socket, or did last; NULL: not in the trace any more. */
static struct proc *proc_holding(struct model *m, const struct life *l)
{
	for (size_t i = l->descriptor_count; i--;)
		for (struct proc *p = m->procs; p; p = p->hh.next)
			if (p->process.id == l->descriptors[i].process)
				return p;
	return NULL;
}

static void sum_moved(struct model *m, const struct call *c, struct sock *s, const struct event *e)
{
	static struct thread nobody;
	struct life *l = &s->life;
	bool datagrams = lifecycle_kind(l->type) == KIND_DATAGRAM;

	if (c->verb == VERB_SEND) {
		l->sent += (uint64_t)c->bytes;
		l->messages_sent += datagrams ? c->args[SUM_MESSAGES] : 0;
	} else {
		l->received += (uint64_t)c->bytes;
		l->messages_received += datagrams ? c->args[SUM_MESSAGES] : 0;
	}
	arrivals_lose(s);
	flights_moved(m, &nobody, c, s, e);
}

void sum_told(struct model *m, struct call *c)
{
	struct sock *s = sock_find(m, c->sk);
	struct thread *th = thread_was(m, c->tid);
	struct proc *p = th ? th->proc : s ? proc_holding(m, &s->life) : NULL;
	struct event e = { .id = ++m->last_event, .call = c, .backlog_effective = -1 };

	e.t = model_time(m, c->enter);
	e.dur = model_time(m, c->exit) - e.t;
	if (s)
		sum_moved(m, c, s, &e);
	if (!p || !m->sink.event || m->err)
		return;
	if (th && th->shown)
		c->tid = th->shown;
	e.by = &p->process;
	e.process = e.by->id;
	e.life = s ? &s->life : NULL;
	e.socket = s ? s->life.id : 0;
	model_failed(m, m->sink.event(m->sink.arg, &e));
}
