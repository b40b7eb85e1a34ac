// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a snapshot found: which numbers name which sockets, and what those held. Live beats it: what calls told of a number
 * stands, and what a call tells later that it made, while the snapshot looked, was not there before.
 */
#include <string.h>

#include "model_snapshot.h"

/*
 * What was open before the trace is a process's from before, or from its fork on. Of a socket that was made since then the
 * call is to come that says how another process got it.
 */
static void held_add(struct model *m, struct proc *p, struct table *t, int fd, struct sock *s)
{
	const bool before = s->life.origin == ORIGIN_SNAPSHOT;
	struct alias *a;

	alias_insert(m, t, &p->process, fd, s, before && p->process.start != OPEN ? HOW_FORK : HOW_SNAPSHOT, false,
		     before ? p->process.start : m->now);
	a = alias_find(t, fd);
	if (a)
		a->held = m->now;
}

/* One that is closed by now had another descriptor, which nothing told of: this one. */
static void held_find(struct model *m, struct proc *p, struct table *t, int fd, struct sock *s)
{
	if (alias_was(p, fd, s))
		return;
	if (s->state == STATE_CLOSED)
		sock_unclosed(m, s);
	if (s->state == STATE_NONE) {
		sock_found(m, s, ORIGIN_SNAPSHOT);
		s->found = m->now;
		unix_found(m, s);
	}
	held_add(m, p, t, fd, s);
}

void held_told(struct model *m, const struct rec_fact *r)
{
	struct thread *th = thread_find(m, r->h.tid);
	struct table *t = table_find(m, r->other);
	struct alias *a;
	struct sock *s;

	if (!th || !t || (th->table != t && th->proc->table != t) || r->value < 0 || r->value > INT32_MAX)
		return;
	s = sock_get(m, r->sk);
	if (!s)
		return;
	if (s->references < HELD_COUNT(r->extra)) {
		s->references = HELD_COUNT(r->extra);
		s->looked = m->now;
	}
	if (!alias_find(t, (int)r->value))
		held_find(m, th->proc, t, (int)r->value, s);
	a = alias_find(t, (int)r->value);
	if (!a || a->sock != s)
		return;
	a->cloexec = r->extra & HELD_CLOEXEC;
	if (s->life.origin == ORIGIN_SNAPSHOT)
		s->life.flags |=
			(r->extra & HELD_CLOEXEC ? SOCK_CLOEXEC : 0) | (r->extra & HELD_NONBLOCK ? SOCK_NONBLOCK : 0);
}

void found_told(struct model *m, const struct rec_fact *r)
{
	struct sock *s = sock_find(m, r->sk);

	if (!s || s->state == STATE_CLOSED)
		return;
	s->life.found_unread = r->value >= 0 && r->value <= UINT32_MAX ? r->value : -1;
	s->life.found_unsent = r->extra == UINT32_MAX ? -1 : (int64_t)r->extra;
	if (is_tcp(&s->life))
		peers_found(m, s, r->other);
}

void pids_told(struct model *m, const struct rec_fact *r)
{
	struct thread *th = thread_find(m, r->h.tid);

	if (!th)
		return;
	th->shown = (uint32_t)r->other;
	if (r->other >> 32)
		th->proc->process.pid = (uint32_t)(r->other >> 32);
	th->proc->process.inner_pid = (uint32_t)r->value;
}

static bool while_running(const struct model *m, int64_t found)
{
	return found != OPEN && found >= m->begun;
}

struct alias *held_undone(struct model *m, struct place at, uint64_t sk)
{
	struct alias *a = at.table ? alias_find(at.table, at.fd) : NULL;
	struct life *l = a ? &a->sock->life : NULL;
	struct descriptor *d;

	if (!a || a->sock->sk != sk || !while_running(m, a->held))
		return a;
	d = descriptor_find(l, a->span);
	memmove(d, d + 1, (size_t)(l->descriptors + l->descriptor_count - (d + 1)) * sizeof(*d));
	l->descriptor_count--;
	alias_unlink(at.table, a);
	return NULL;
}

bool sock_undone(struct model *m, struct sock *s)
{
	struct life *l = &s->life;

	if (s->state == STATE_CLOSED || !while_running(m, s->found))
		return false;
	s->found = OPEN;
	s->state = STATE_NONE;
	l->state_count = 0;
	if (l->peer_count)
		l->peers[0].from = m->now;
	return true;
}

void held_forked(struct model *m, struct table *t)
{
	for (struct alias *a = t->aliases; a; a = a->hh.next) {
		struct descriptor *d = descriptor_find(&a->sock->life, a->span);

		d->how = HOW_FORK;
		d->from = m->now;
		a->held = OPEN;
	}
}
