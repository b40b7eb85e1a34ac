// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptor tables: who holds which socket by which number, from when to when. A table is the kernel's files_struct,
 * which threads share, clone(CLONE_FILES) shares between processes, and fork copies.
 */
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "model_snapshot.h"

struct table *table_find(struct model *m, uint64_t files)
{
	struct table *t;

	HASH_FIND(hh, m->tables, &files, sizeof(files), t);
	return t;
}

struct table *table_new(struct model *m, uint64_t files)
{
	struct table *t = model_alloc(m, sizeof(*t));

	if (!t)
		return NULL;
	t->files = files;
	HASH_ADD(hh, m->tables, files, sizeof(t->files), t);
	return t;
}

struct alias *alias_find(struct table *t, int fd)
{
	struct alias *a;

	HASH_FIND_INT(t->aliases, &fd, a);
	return a;
}

void alias_unlink(struct table *t, struct alias *a)
{
	a->sock->aliases--;
	DL_DELETE(a->sock->named, a);
	HASH_DEL(t->aliases, a);
	free(a);
}

void alias_end(struct model *m, struct table *t, struct alias *a, enum end_by by)
{
	struct descriptor *d = descriptor_find(&a->sock->life, a->span);
	struct sock *s = a->sock;

	d->to = m->now;
	d->end = by;
	alias_unlink(t, a);
	if (!s->aliases && !s->in_flight)
		sock_released(m, s, by);
}

static void alias_link(struct model *m, struct table *t, int fd, struct sock *s, size_t span, bool cloexec)
{
	struct alias *a = model_alloc(m, sizeof(*a));

	if (!a)
		return;
	*a = (struct alias){ .fd = fd, .in = t, .sock = s, .span = span, .cloexec = cloexec, .held = OPEN };
	s->aliases++;
	DL_APPEND(s->named, a);
	HASH_ADD_INT(t->aliases, fd, a);
}

void alias_restore(struct model *m, struct table *t, struct sock *s, const struct alias *was)
{
	struct descriptor *d = descriptor_find(&s->life, was->span);

	if (!d) { /* dropped meanwhile */
		s->life.uncertain = true;
		return;
	}
	d->to = OPEN;
	d->end = BY_OPEN;
	alias_link(m, t, was->fd, s, was->span, was->cloexec);
}

void alias_insert(struct model *m, struct table *t, const struct process *p, int fd, struct sock *s, enum how how,
		  bool cloexec, int64_t from)
{
	struct descriptor *d;

	if (s->state == STATE_CLOSED) { /* an end that was none, or a number that was free before its call returned */
		s->life.uncertain = true;
		return;
	}
	d = history_grow(m, &s->life, HISTORY_DESCRIPTORS);
	if (!d)
		return;
	if (s->life.descriptor_count == 1) {
		s->life.pid = p->pid;
		memcpy(s->life.comm, p->comm, COMM_LEN);
	}
	*d = (struct descriptor){ .number = d->number,
				  .process = p->id,
				  .fd = fd,
				  .from = from,
				  .to = OPEN,
				  .how = how,
				  .direct = t->owner };
	alias_link(m, t, fd, s, d->number, cloexec);
}

static struct proc *place_owner(const struct table *t, struct proc *p)
{
	return t->owner ? t->owner : p;
}

void alias_add(struct model *m, struct thread *th, struct place at, struct sock *s, enum how how, bool cloexec,
	       enum end_by old)
{
	struct alias *a = alias_find(at.table, at.fd);

	if (a && a->sock == s) { /* told of before its call returned, or an end was not seen: it goes on */
		a->cloexec = cloexec;
		return;
	}
	if (a) {
		/* Only dup2 takes a number that is in use; else an end was not seen. */
		a->sock->life.uncertain |= old != BY_DUP2;
		alias_end(m, at.table, a, old);
	}
	alias_insert(m, at.table, &place_owner(at.table, th->proc)->process, at.fd, s, how, cloexec, m->now);
}

bool alias_was(const struct proc *p, int fd, const struct sock *s)
{
	for (size_t i = s->life.descriptor_count; i--;) {
		const struct descriptor *d = &s->life.descriptors[i];

		if (d->fd == fd && !d->direct && d->process == p->process.id && d->to != OPEN)
			return true;
	}
	return false;
}

/* Its parent closed that number while the table was copied: the copy may have it. */
static bool may_be_copied(const struct proc *p, int fd, const struct sock *s)
{
	for (size_t i = 0; p->copied != OPEN && i < s->life.descriptor_count; i++) {
		const struct descriptor *d = &s->life.descriptors[i];

		if (d->fd == fd && !d->direct && d->process == p->process.parent && d->to >= p->copied &&
		    d->to <= p->process.start)
			return true;
	}
	return false;
}

void alias_found(struct model *m, struct proc *p, struct table *t, int fd, struct sock *s)
{
	struct proc *parent = p->process.start == OPEN ? NULL : proc_parent(m, p);
	struct alias *a = alias_find(t, fd);
	bool inherited = s->life.origin == ORIGIN_SNAPSHOT && (!t->owner || p->process.start == OPEN); /* no slot is */

	if (a) {
		a->sock->life.uncertain = true;
		alias_end(m, t, a, BY_CLOSE);
	}
	if (!inherited) {
		s->life.uncertain = true;
		if (!t->owner && may_be_copied(p, fd, s))
			alias_insert(m, t, &p->process, fd, s, HOW_FORK, false, p->process.start);
		else
			alias_insert(m, t, &p->process, fd, s, t->owner ? HOW_DUP : HOW_SCM_RIGHTS, false, m->now);
		return;
	}
	if (parent && parent->table && parent->table != t && !alias_find(parent->table, fd) &&
	    !alias_was(parent, fd, s))
		alias_found(m, parent, parent->table, fd, s);
	alias_insert(m, t, &p->process, fd, s, p->process.start == OPEN ? HOW_SNAPSHOT : HOW_FORK, false,
		     p->process.start);
}

/* What all goes at once: no socket outlives, for a moment, another that goes with it. */
void table_clear(struct model *m, struct table *t, enum end_by by, int64_t event)
{
	struct alias *a, *next;

	for (a = t->aliases; a; a = a->hh.next)
		a->sock->leaving++;
	HASH_ITER (hh, t->aliases, a, next) {
		a->sock->leaving--;
		alias_closed(m, t, a, by, event);
	}
}

void table_use(struct model *m, struct table **used, struct table *t, enum end_by by)
{
	struct table *old = *used;

	if (t)
		t->users++;
	*used = t;
	if (!old || --old->users)
		return;
	table_clear(m, old, by, 0);
	HASH_DEL(m->tables, old);
	free(old);
}

void copy_doubted(struct model *m, struct proc *p, const struct table *from, uint32_t took)
{
	p->copied = took ? m->now - took : OPEN;
	for (struct alias *a = from->aliases; a && took; a = a->hh.next)
		a->sock->life.uncertain |= descriptor_find(&a->sock->life, a->span)->from >= p->copied;
}

void table_execed(struct model *m, struct table *t)
{
	struct alias *a, *next;

	HASH_ITER (hh, t->aliases, a, next)
		if (a->cloexec)
			alias_end(m, t, a, BY_CLOEXEC);
}

void table_copy(struct model *m, struct proc *p, struct table *to, const struct table *from, struct range *left_out)
{
	for (struct alias *a = from->aliases; a; a = a->hh.next) {
		if (left_out && range_has(left_out, a->fd))
			range_found(left_out, a->fd, a->sock);
		else if (!alias_find(to, a->fd)) /* a snapshot may have found it there */
			alias_insert(m, to, &p->process, a->fd, a->sock, HOW_FORK, a->cloexec, m->now);
	}
}

struct table *table_follow(struct model *m, struct proc *p, struct table *old, size_t own, uint64_t files,
			   struct range *left_out)
{
	struct table *t;

	if (old && old->users == own) {
		HASH_DEL(m->tables, old);
		old->files = files;
		HASH_ADD(hh, m->tables, files, sizeof(old->files), old);
		return old;
	}
	t = table_new(m, files);
	if (t && old)
		table_copy(m, p, t, old, left_out);
	return t;
}

struct table *table_seen(struct model *m, struct proc *p, struct thread *th, const struct rec_task *r)
{
	struct table *old = th && th->proc == p ? th->table : p->table;
	const size_t own = (th && th->table == old) + (p->table == old);

	if (r->h.flags & TASK_FOUND && (!th || th->table != old || old->users != own))
		return table_new(m, r->files);
	return table_follow(m, p, old, own, r->files, th && th->range.unshares ? &th->range : NULL);
}
