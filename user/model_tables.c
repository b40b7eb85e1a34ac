// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptor tables: who holds which socket by which number, from when to when. A table is the kernel's files_struct,
 * which threads share, clone(CLONE_FILES) shares between processes, and fork copies.
 */
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"

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

void alias_end(struct model *m, struct table *t, struct alias *a, enum end_by by)
{
	struct descriptor *d = &a->sock->life.descriptors[a->span];
	struct sock *s = a->sock;

	d->to = m->now;
	d->end = by;
	HASH_DEL(t->aliases, a);
	free(a);
	if (!--s->aliases && !s->in_flight)
		sock_released(m, s, by);
}

static void alias_link(struct model *m, struct table *t, int fd, struct sock *s, size_t span, bool cloexec)
{
	struct alias *a = model_alloc(m, sizeof(*a));

	if (!a)
		return;
	*a = (struct alias){ .fd = fd, .sock = s, .span = span, .cloexec = cloexec };
	s->aliases++;
	HASH_ADD_INT(t->aliases, fd, a);
}

void alias_restore(struct model *m, struct table *t, struct sock *s, const struct alias *was)
{
	struct descriptor *d = &s->life.descriptors[was->span];

	d->to = OPEN;
	d->end = BY_OPEN;
	alias_link(m, t, was->fd, s, was->span, was->cloexec);
}

static void alias_insert(struct model *m, struct table *t, const struct process *p, int fd, struct sock *s,
			 enum how how, bool cloexec, int64_t from)
{
	size_t span = s->life.descriptor_count;
	struct descriptor *d;

	if (s->state == STATE_CLOSED) { /* an end that was none, or a number that was free before its call returned */
		s->life.uncertain = true;
		return;
	}
	d = GROW(m, s->life.descriptors, s->life.descriptor_count);
	if (!d)
		return;
	if (!span) {
		s->life.pid = p->pid;
		memcpy(s->life.comm, p->comm, COMM_LEN);
	}
	*d = (struct descriptor){
		.process = p->id, .fd = fd, .from = from, .to = OPEN, .how = how, .direct = t->owner
	};
	alias_link(m, t, fd, s, span, cloexec);
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
	if (parent && parent->table && parent->table != t && !alias_find(parent->table, fd))
		alias_found(m, parent, parent->table, fd, s);
	alias_insert(m, t, &p->process, fd, s, p->process.start == OPEN ? HOW_SNAPSHOT : HOW_FORK, false,
		     p->process.start);
}

/* What all goes at once: no socket outlives, for a moment, another that goes with it. */
void table_clear(struct model *m, struct table *t, enum end_by by, int event)
{
	struct alias *a, *next;

	for (a = t->aliases; a; a = a->hh.next)
		a->sock->leaving++;
	HASH_ITER (hh, t->aliases, a, next) {
		a->sock->leaving--;
		alias_closed(m, t, a, by, event);
	}
}

void table_forget(struct model *m, struct table *t, const struct sock *s)
{
	struct alias *a, *next;

	HASH_ITER (hh, t->aliases, a, next)
		if (a->sock == s)
			alias_end(m, t, a, BY_CLOSE);
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

void table_copy(struct model *m, struct proc *p, struct table *to, const struct table *from, struct range *left_out)
{
	for (struct alias *a = from->aliases; a; a = a->hh.next) {
		if (left_out && range_has(left_out, a->fd))
			range_found(left_out, a->fd, a->sock);
		else
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
