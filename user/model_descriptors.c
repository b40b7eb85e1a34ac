// SPDX-License-Identifier: GPL-2.0-only
/* What a call does to descriptors: which socket it names, which it makes, which it ends. */
#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "model_internal.h"
#include "model_slots.h"
#include "model_snapshot.h"

/* A number that a call was made on names its socket, although we did not see how it came to. */
static void alias_seen(struct model *m, struct thread *th, struct place at, struct sock *s)
{
	struct alias *a = alias_find(at.table, at.fd);
	const struct life *l = &s->life;

	if ((a && a->sock == s) || s->state == STATE_CLOSED)
		return;
	for (size_t i = l->descriptor_count; i--;) { /* closed by another thread while the call ran */
		const struct descriptor *d = &l->descriptors[i];

		if (d->fd == at.fd && d->direct == !!at.table->owner && d->to >= m->begun)
			return;
	}
	alias_found(m, at.table->owner ? at.table->owner : th->proc, at.table, at.fd, s);
}

/* A close frees the number a moment after its entry; until then another thread can still call on it. */
#define CLOSE_NS 1000000

/* It was closed, and this call came later: by another number or in another process, or later than that moment. */
static bool call_proves_alive(struct model *m, const struct thread *th, const struct call *c, struct place at,
			      const struct sock *s)
{
	const struct life *l = &s->life;

	if (s->state != STATE_CLOSED || c->gone || m->begun <= l->closed || !at.table)
		return false;
	for (size_t i = l->descriptor_count; i--;) {
		const struct descriptor *d = &l->descriptors[i];

		if (d->to == l->closed && d->fd == at.fd && d->direct == !!at.table->owner &&
		    (d->direct || d->process == th->proc->process.id))
			return m->begun > l->closed + CLOSE_NS;
	}
	return true;
}

/* Of what was there before the trace not all that held it is known before a snapshot was everywhere. */
static void sock_proven(struct model *m, struct sock *s, bool unseen)
{
	if (unseen && s->life.origin == ORIGIN_SNAPSHOT)
		sock_unclosed(m, s);
	else
		sock_reopened(m, s);
}

void sock_used(struct model *m, struct thread *th, const struct call *c, struct place at, struct sock *s)
{
	if (call_proves_alive(m, th, c, at, s))
		sock_proven(m, s, !at.table->owner && !alias_was(th->proc, at.fd, s));
	if (s->state == STATE_NONE) {
		if (!s->view.valid && c->view.valid && c->sk == s->sk)
			sock_view(s, &c->view);
		sock_found(m, s, ORIGIN_SNAPSHOT);
	}
	if (at.table && !th->proc->ended)
		alias_seen(m, th, at, s);
}

void alias_closed(struct model *m, struct table *t, struct alias *a, enum end_by by, int64_t event)
{
	struct sock *s = a->sock;

	s->closing = event;
	alias_end(m, t, a, by);
	s->closing = 0;
}

void call_closes(struct model *m, struct thread *th, const struct call *c, struct sock *s, int64_t event)
{
	struct place at = call_place(m, th, c);
	struct alias *a = at.table ? alias_find(at.table, at.fd) : NULL;

	if (!a || a->sock != s)
		return;
	th->ended = *a;
	th->ended_ring = at.table->owner ? at.table->files : 0;
	alias_closed(m, at.table, a, BY_CLOSE, event);
}

/* Of what else became of the number meanwhile, or of its process, nothing told that it was its end. */
void call_uncloses(struct model *m, struct thread *th, struct sock *s)
{
	struct table *t = th->ended_ring ? ring_find(m, th->ended_ring) : th->table;

	if (!th->ended.sock)
		return;
	if (!t || th->proc->ended || alias_find(t, th->ended.fd)) {
		s->life.uncertain = true;
		return;
	}
	if (s->state == STATE_CLOSED)
		sock_unclosed(m, s);
	alias_restore(m, t, s, &th->ended);
}

/* A slot that is in use is emptied first. */
static void born_at(struct model *m, struct thread *th, struct sock *s, struct place at, enum how how, bool cloexec,
		    int64_t event)
{
	struct alias *old = at.table && at.table->owner ? alias_find(at.table, at.fd) : NULL;

	if (old && old->sock != s)
		alias_closed(m, at.table, old, BY_CLOSE, event);
	if (at.table)
		alias_add(m, th, at, s, how, cloexec, BY_CLOSE);
	else
		s->life.uncertain = true;
}

static void sock_born(struct model *m, struct thread *th, struct sock *s, struct place at, enum how how, uint32_t flags,
		      int64_t event)
{
	static const struct {
		enum origin origin;
		enum verb verb;
	} births[] = {
		[HOW_SOCKET] = { ORIGIN_SOCKET, VERB_CREATE },
		[HOW_ACCEPT] = { ORIGIN_ACCEPT, VERB_ACCEPTED },
		[HOW_SOCKETPAIR] = { ORIGIN_SOCKETPAIR, VERB_PAIR },
	};

	if (!s)
		return;
	s->life.origin = births[how].origin;
	s->life.flags = flags & (SOCK_CLOEXEC | SOCK_NONBLOCK);
	s->life.created = m->now;
	born_at(m, th, s, at, how, flags & SOCK_CLOEXEC, event);
	sock_apply(m, s, births[how].verb, OUTCOME_OK, lifecycle_fact(&s->view), event);
}

struct sock *call_made(struct model *m, struct place at, uint64_t sk)
{
	struct alias *a = at.table ? alias_find(at.table, at.fd) : NULL;
	struct sock *s = sock_find(m, sk);

	if (s && sock_undone(m, s))
		return s;
	if (!a || a->sock->sk != sk)
		return sock_made(m, sk);
	a->sock->life.uncertain = true;
	return NULL;
}

static void call_accepts(struct model *m, struct thread *th, const struct call *c, struct sock *listener, int64_t event)
{
	struct place at = made_place(m, th, c, c->sk2, (int)c->ret);
	struct sock *s = c->sk2 != c->sk ? call_made(m, at, c->sk2) : NULL;

	if (!s)
		return;
	s->life.listener = listener ? listener->life.id : 0;
	queue_accepted(m, th, listener, s);
	sock_born(m, th, s, at, HOW_ACCEPT, c->row->argc > 3 ? c->args[3] : 0, event);
}

static void call_pairs(struct model *m, struct thread *th, const struct call *c, struct sock *s, int64_t event)
{
	struct sock *other = c->sk2 != c->sk && c->has_pair ? call_made(m, number_of(th, c->pair[1]), c->sk2) : NULL;

	if (!s || !other)
		return;
	s->life.peer_socket = other->life.id;
	other->life.peer_socket = s->life.id;
	sock_born(m, th, s, number_of(th, c->pair[0]), HOW_SOCKETPAIR, c->args[1], event);
	sock_born(m, th, other, number_of(th, c->pair[1]), HOW_SOCKETPAIR, c->args[1], event);
}

/* IORING_OP_FIXED_FD_INSTALL makes one that an exec closes, unless it was asked not to: io_uring/openclose.c */
static void call_dups(struct model *m, struct thread *th, const struct call *c, struct sock *s, int64_t event)
{
	struct alias *old = alias_find(th->table, c->ret);
	bool replaces = c->row->fds == FDS_REPLACES;
	bool cloexec = c->direct || (replaces && c->row->argc > 2 && c->args[2] & O_CLOEXEC);

	if (replaces && (int)c->args[0] == (int)c->args[1])
		return;
	if (replaces && old)
		alias_closed(m, th->table, old, BY_DUP2, event);
	if (s)
		alias_add(m, th, number_of(th, (int)c->ret), s, HOW_DUP, cloexec, BY_CLOSE);
}

static void call_fcntl(struct model *m, struct thread *th, const struct call *c, struct sock *s)
{
	struct alias *a = alias_find(th->table, c->fd);
	int cmd = c->args[1];

	if (cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC)
		alias_add(m, th, number_of(th, (int)c->ret), s, HOW_DUP, cmd == F_DUPFD_CLOEXEC, BY_CLOSE);
	else if (cmd == F_SETFD && a)
		a->cloexec = c->args[2] & FD_CLOEXEC;
}

static void call_ioctl(struct thread *th, const struct call *c)
{
	struct alias *a = alias_find(th->table, c->fd);

	if (a && (c->args[1] == FIOCLEX || c->args[1] == FIONCLEX))
		a->cloexec = c->args[1] == FIOCLEX;
}

void sock_received(struct model *m, struct thread *th, const struct call *c, struct sock *s, int fd, enum how how,
		   bool cloexec)
{
	if (s->state == STATE_CLOSED)
		sock_proven(m, s, true);
	if (s->state == STATE_NONE) {
		if (!s->view.valid && c->view.valid && c->sk == s->sk)
			sock_view(s, &c->view);
		sock_found(m, s, ORIGIN_RECEIVED);
	}
	alias_add(m, th, number_of(th, fd), s, how, cloexec, BY_CLOSE);
}

void made_undone(struct model *m, const struct thread *th, const struct call *c)
{
	const enum verb verb = c->verb;

	if (c->err || c->open || c->made_direct || !th->table)
		return;
	if (verb == VERB_CREATE || verb == VERB_DUP || verb == VERB_GETFD ||
	    (verb == VERB_FCNTL && (c->args[1] == F_DUPFD || c->args[1] == F_DUPFD_CLOEXEC)))
		held_undone(m, number_of(th, (int)c->ret), c->sk);
	else if (verb == VERB_ACCEPT)
		held_undone(m, number_of(th, (int)c->ret), c->sk2);
	else if (verb == VERB_PAIR && c->has_pair) {
		held_undone(m, number_of(th, c->pair[0]), c->sk);
		held_undone(m, number_of(th, c->pair[1]), c->sk2);
	}
}

bool call_makes(const struct call *c)
{
	return !c->err && (!c->open || (c->silent && c->made_direct));
}

void call_descriptors(struct model *m, struct thread *th, const struct call *c, struct sock *s, int64_t event)
{
	switch (c->verb) {
	case VERB_CREATE:
		sock_born(m, th, s, made_place(m, th, c, c->sk, (int)c->ret), HOW_SOCKET, c->args[1], event);
		break;
	case VERB_PAIR:
		call_pairs(m, th, c, s, event);
		break;
	case VERB_ACCEPT:
		call_accepts(m, th, c, s, event);
		break;
	case VERB_DUP:
		call_dups(m, th, c, s, event);
		break;
	case VERB_FCNTL:
		if (s)
			call_fcntl(m, th, c, s);
		break;
	case VERB_IOCTL:
		call_ioctl(th, c);
		break;
	case VERB_GETFD:
		if (s)
			sock_received(m, th, c, s, (int)c->ret, HOW_PIDFD_GETFD, true);
		break;
	default:
		break;
	}
}

bool range_has(const struct range *r, int fd)
{
	return (uint32_t)fd >= r->first && (uint32_t)fd <= r->last;
}

void range_found(struct range *r, int fd, const struct sock *s)
{
	if (r->sk && r->fd < fd)
		return;
	r->fd = fd;
	r->socket = s->life.id;
	r->sk = s->sk;
}

static int by_number(const struct alias *a, const struct alias *b)
{
	return a->fd < b->fd ? -1 : 1;
}

static void range_close(struct model *m, struct thread *th)
{
	struct alias *a, *next;

	HASH_SRT(hh, th->table->aliases, by_number);
	HASH_ITER (hh, th->table->aliases, a, next) {
		if (!range_has(&th->range, a->fd))
			continue;
		range_found(&th->range, a->fd, a->sock);
		alias_closed(m, th->table, a, BY_CLOSE_RANGE, event_ahead(m, th, th->range.enter));
	}
	rings_close(m, th);
}

static void range_mark(struct thread *th)
{
	for (struct alias *a = th->table->aliases; a; a = a->hh.next) {
		if (!range_has(&th->range, a->fd))
			continue;
		range_found(&th->range, a->fd, a->sock);
		a->cloexec = true;
	}
}

/*
 * fs/file.c:close_range(). It closes at once, as close() does; with CLOSE_RANGE_CLOEXEC it only marks. With CLOSE_RANGE_UNSHARE
 * the thread has a table of its own when it returns: a copy without the range, or the one that nobody else used.
 */
bool call_ranges(struct model *m, struct thread *th, struct call *c)
{
	const uint64_t all = CLOSE_RANGE_CLOEXEC | CLOSE_RANGE_UNSHARE, flags = c->args[2];
	bool entry_seen = th->range.enter == c->enter;

	if (c->entered || !entry_seen)
		th->range = (struct range){ .enter = c->enter, .first = c->args[0], .last = c->args[1] };
	if (flags & ~all || c->args[0] > c->args[1])
		return false;
	th->range.unshares = c->entered && flags == CLOSE_RANGE_UNSHARE;
	if (c->entered && !flags)
		range_close(m, th);
	if (c->entered)
		return false;
	if (!c->err && !c->open && flags & CLOSE_RANGE_CLOEXEC)
		range_mark(th);
	else if (!c->err && !c->open && (flags || !entry_seen))
		range_close(m, th);
	c->sk = th->range.sk;
	if (!c->sk)
		return false;
	event_ahead(m, th, c->enter);
	th->entered_socket = th->range.socket;
	return true;
}
