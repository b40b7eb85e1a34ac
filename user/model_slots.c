// SPDX-License-Identifier: GPL-2.0-only
/*
 * Direct descriptors: the slots of an io_uring ring's own table (io_uring_register(2), IORING_REGISTER_FILES). A ring's goes
 * with the process that was first seen to use it, or when the kernel tells that it is empty; no fork copies it.
 */
#include <stdlib.h>

#include "model_histories.h"
#include "model_slots.h"

struct slot { /* what a fact says of a direct descriptor, as the call left it that returns next */
	uint64_t ring, sk; /* sk 0: nothing */
	int slot; /* -1: all */
};

struct table *ring_find(struct model *m, uint64_t ring)
{
	struct table *t;

	HASH_FIND(hh, m->rings, &ring, sizeof(ring), t);
	return t;
}

static struct table *ring_get(struct model *m, struct proc *owner, uint64_t ring)
{
	struct table *t = ring_find(m, ring);

	if (t)
		return t;
	t = model_alloc(m, sizeof(*t));
	if (!t)
		return NULL;
	t->files = ring;
	t->owner = owner;
	t->fd = -1;
	HASH_ADD(hh, m->rings, files, sizeof(t->files), t);
	return t;
}

static void ring_end(struct model *m, struct table *t, enum end_by by, int64_t event)
{
	table_clear(m, t, by, event);
	HASH_DEL(m->rings, t);
	free(t);
}

void rings_end(struct model *m, const struct proc *p)
{
	struct table *t, *next;

	HASH_ITER (hh, m->rings, t, next)
		if (t->owner == p)
			ring_end(m, t, BY_EXIT, 0);
}

/* Its descriptor went, as far as that was seen: a copy of it, by dup() or in another process, keeps the ring. */
static void ring_leave(struct model *m, struct table *t, enum end_by by, int64_t event)
{
	for (struct alias *a = t->aliases; a; a = a->hh.next)
		a->sock->life.uncertain = true;
	ring_end(m, t, by, event);
}

/* io_uring_setup(2): the descriptor is close-on-exec. */
void rings_execed(struct model *m, const struct proc *p)
{
	struct table *t, *next;

	HASH_ITER (hh, m->rings, t, next)
		if (t->owner == p && t->fd >= 0)
			ring_leave(m, t, BY_CLOEXEC, 0);
}

void rings_close(struct model *m, struct thread *th)
{
	struct range *r = &th->range;
	struct table *t, *next;

	HASH_ITER (hh, m->rings, t, next) {
		if (t->owner->table != th->table || t->fd < 0 || !range_has(r, t->fd))
			continue;
		for (struct alias *a = t->aliases; a; a = a->hh.next)
			range_found(r, t->fd, a->sock);
		ring_leave(m, t, BY_CLOSE_RANGE, t->aliases ? event_ahead(m, th, r->enter) : 0);
	}
}

void rings_free(struct model *m)
{
	struct table *t, *next_t;
	struct alias *a, *next_a;

	HASH_ITER (hh, m->rings, t, next_t) {
		HASH_ITER (hh, t->aliases, a, next_a) {
			HASH_DEL(t->aliases, a);
			free(a);
		}
		HASH_DEL(m->rings, t);
		free(t);
	}
}

/* One that was at its address before is gone, and when was not told. */
static void ring_made(struct model *m, const struct rec_fact *r)
{
	struct thread *th = r->h.tid ? thread_get(m, r->h.tid) : NULL;
	struct table *t = ring_find(m, r->other);

	for (struct alias *a = t ? t->aliases : NULL; a; a = a->hh.next)
		a->sock->life.uncertain = true;
	if (t)
		ring_end(m, t, BY_CLOSE, 0);
	t = th ? ring_get(m, th->proc, r->other) : NULL;
	if (t)
		t->fd = (int)r->extra;
}

void slot_told(struct model *m, const struct rec_fact *r)
{
	struct thread *th = r->at ? thread_of(m, &r->h, r->at) : NULL;
	struct table *t = ring_find(m, r->other);
	struct slot *slot;

	if (r->value == -2)
		ring_made(m, r);
	if (!th && t && r->value == -1) /* its ring was closed */
		ring_end(m, t, BY_CLOSE, 0);
	if (!th || r->value < -1 || r->value > INT32_MAX)
		return;
	if (th->slots_at != r->at)
		th->slot_count = 0;
	th->slots_at = r->at;
	slot = GROW(m, th->slots, th->slot_count);
	if (slot)
		*slot = (struct slot){ .ring = r->other, .sk = r->sk, .slot = (int)r->value };
}

void call_slots(struct thread *th, struct call *c)
{
	if (th->slots_at != c->enter)
		th->slot_count = 0;
	if (c->verb != VERB_CLOSE || !c->direct || !th->slot_count || th->slots[0].slot < 0)
		return;
	c->fd = th->slots[0].slot;
	c->args[0] = (uint64_t)c->fd;
}

/* Nothing told whose slot it is: that of the process's rings where it names this socket. */
static struct table *ring_naming(struct model *m, const struct proc *p, int slot, uint64_t sk)
{
	for (struct table *t = m->rings; t; t = t->hh.next) {
		const struct alias *a = t->owner == p ? alias_find(t, slot) : NULL;

		if (a && a->sock->sk == sk)
			return t;
	}
	return NULL;
}

struct place call_place(struct model *m, struct thread *th, const struct call *c)
{
	if (!c->direct)
		return number_of(th, c->fd);
	for (size_t i = 0; i < th->slot_count; i++) {
		const struct slot *slot = &th->slots[i];

		if (slot->slot == c->fd && (slot->sk == c->sk || c->verb == VERB_CLOSE))
			return (struct place){ ring_get(m, th->proc, slot->ring), c->fd };
	}
	return (struct place){ th->slot_count ? NULL : ring_naming(m, th->proc, c->fd, c->sk), c->fd };
}

struct place made_place(struct model *m, struct thread *th, const struct call *c, uint64_t sk, int fd)
{
	if (!c->made_direct)
		return number_of(th, fd);
	for (size_t i = 0; i < th->slot_count; i++) {
		const struct slot *slot = &th->slots[i];

		if (slot->slot >= 0 && slot->sk == sk)
			return (struct place){ ring_get(m, th->proc, slot->ring), slot->slot };
	}
	return (struct place){ NULL, fd };
}

/* A number that was opened after the close was asked for is another's: the close has freed it. A slot may be meant for what comes. */
uint64_t closed_sock(struct model *m, struct thread *th, const struct call *c)
{
	struct place at = call_place(m, th, c);
	const struct alias *a = at.table ? alias_find(at.table, at.fd) : NULL;
	bool entered = th->entered_event && th->entered == c->enter && th->out;

	if (entered)
		return th->out->sk;
	if (!a || (!c->direct && descriptor_find(&a->sock->life, a->span)->from >= model_time(m, c->enter)))
		return 0;
	return a->sock->sk;
}

static void register_touched(struct model *m, struct thread *th, struct call *c, const struct sock *s)
{
	if (c->sk)
		return;
	event_ahead(m, th, c->enter);
	th->entered_socket = s->life.id;
	c->sk = s->sk;
}

static void slot_emptied(struct model *m, struct thread *th, struct call *c, struct table *t, struct alias *a)
{
	register_touched(m, th, c, a->sock);
	alias_closed(m, t, a, BY_CLOSE, event_ahead(m, th, c->enter));
}

static void slot_filled(struct model *m, struct thread *th, struct call *c, const struct slot *slot)
{
	struct table *t = ring_get(m, th->proc, slot->ring);
	struct sock *s = sock_get(m, slot->sk);

	if (!t || !s || alias_find(t, slot->slot)) /* it names the same as before */
		return;
	register_touched(m, th, c, s);
	if (s->state == STATE_CLOSED) /* by another thread, but the slot has it */
		sock_reopened(m, s);
	if (s->state == STATE_NONE)
		sock_found(m, s, ORIGIN_SNAPSHOT);
	alias_add(m, th, (struct place){ t, slot->slot }, s, HOW_DUP, false, BY_CLOSE);
}

bool call_registers(struct model *m, struct thread *th, struct call *c)
{
	c->sk = 0;
	for (size_t i = 0; i < th->slot_count; i++) {
		const struct slot *slot = &th->slots[i];
		struct table *t = ring_find(m, slot->ring);
		struct alias *a = t ? t->aliases : NULL, *next;

		for (; a; a = next) {
			next = a->hh.next;
			if (slot->slot < 0 || (a->fd == slot->slot && a->sock->sk != slot->sk))
				slot_emptied(m, th, c, t, a);
		}
		if (slot->slot >= 0 && slot->sk)
			slot_filled(m, th, c, slot);
	}
	return c->sk && !c->entered;
}
