// SPDX-License-Identifier: GPL-2.0-only
#include "narrow_held.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

struct held_process { /* as it was; events that follow each other share it */
	struct process process;
	size_t users;
	UT_hash_handle hh; /* by its id, the last copy */
};

struct held_event {
	struct event event;
	struct call call;
	struct held_process *by;
};

struct held {
	struct held_of *of;
	struct held_event *event; /* NULL: it is none */
	struct state_span states[2]; /* the one before and the one that began, where state_count is not 0 */
	size_t state_count;
	struct trouble trouble; /* what it is otherwise */
	struct held *prev, *next; /* of the socket */
	struct held *older, *newer; /* of all */
};

static void process_free(struct held_process *p)
{
	for (size_t i = 0; i < p->process.exec_count; i++) {
		free(p->process.execs[i].exe);
		free(p->process.execs[i].args);
	}
	free(p->process.execs);
	free(p);
}

static bool exec_copy(struct exec *to, const struct exec *from)
{
	*to = *from;
	to->exe = from->exe ? strdup(from->exe) : NULL;
	to->args = from->args ? malloc(from->args_len + 1) : NULL;
	if (to->args)
		memcpy(to->args, from->args, from->args_len);
	return !to->exe == !from->exe && !to->args == !from->args;
}

static struct held_process *process_copy(const struct process *from)
{
	struct held_process *p = calloc(1, sizeof(*p));
	bool whole = p;

	if (!p)
		return NULL;
	p->process = *from;
	p->process.execs = calloc(from->exec_count + 1, sizeof(*from->execs));
	p->process.exec_count = 0;
	for (size_t i = 0; p->process.execs && whole && i < from->exec_count; i++)
		whole = exec_copy(&p->process.execs[p->process.exec_count++], &from->execs[i]);
	if (p->process.execs && whole)
		return p;
	process_free(p);
	return NULL;
}

static bool process_same(const struct process *a, const struct process *b)
{
	size_t n = a->exec_count;

	return n == b->exec_count && (!n || a->execs[n - 1].t == b->execs[n - 1].t) &&
	       !strncmp(a->comm, b->comm, sizeof(a->comm)) && a->end == b->end;
}

static struct held_process *process_hold(struct holds *all, const struct process *process)
{
	struct held_process *p;

	HASH_FIND(hh, all->processes, &process->id, sizeof(process->id), p);
	if (!p || !process_same(&p->process, process)) {
		if (p)
			HASH_DEL(all->processes, p);
		p = process_copy(process);
		if (!p)
			return NULL;
		HASH_ADD(hh, all->processes, process.id, sizeof(p->process.id), p);
	}
	p->users++;
	return p;
}

void held_process_ended(struct holds *all, const struct process *process)
{
	struct held_process *p;

	HASH_FIND(hh, all->processes, &process->id, sizeof(process->id), p);
	if (p)
		p->process.end = process->end;
}

static void process_left(struct holds *all, struct held_process *p)
{
	struct held_process *last;

	if (--p->users)
		return;
	HASH_FIND(hh, all->processes, &p->process.id, sizeof(p->process.id), last);
	if (last == p)
		HASH_DEL(all->processes, p);
	process_free(p);
}

static void event_free(struct holds *all, struct held_event *e)
{
	if (e->by)
		process_left(all, e->by);
	free((char *)e->event.note);
	free(e);
}

static void held_free(struct holds *all, struct held *h)
{
	if (h->event)
		event_free(all, h->event);
	free(h);
}

/* The oldest of a socket's, out of the lists. */
static struct held *held_take(struct holds *all, struct held_of *of)
{
	struct held *h = of->first;

	DL_DELETE(of->first, h);
	DL_DELETE2(all->oldest, h, older, newer);
	of->count--;
	of->events -= h->event != NULL;
	all->count--;
	return h;
}

static void held_drop(struct holds *all, struct held_of *of)
{
	struct held *h = held_take(all, of);

	if (h->event) {
		of->dropped++;
		if (h->event->event.id > of->dropped_to)
			of->dropped_to = h->event->event.id;
	}
	held_free(all, h);
}

/* NULL: no memory. */
static struct held *held_add(struct holds *all, struct held_of *of)
{
	struct held *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->of = of;
	DL_APPEND(of->first, h);
	DL_APPEND2(all->oldest, h, older, newer);
	of->count++;
	all->count++;
	return h;
}

/* After one was added. */
static void held_trim(struct holds *all, struct held_of *of)
{
	while (of->events > HELD_EVENTS || of->count > HELD_ITEMS)
		held_drop(all, of);
	while (all->count > HELD_ALL)
		held_drop(all, all->oldest->of);
}

int hold_event(struct holds *all, struct held_of *of, const struct event *event)
{
	struct held_event *e = calloc(1, sizeof(*e));
	struct held *h = NULL;

	if (!e)
		return -ENOMEM;
	e->event = *event;
	e->call = *event->call;
	e->event.call = &e->call;
	e->event.note = event->note ? strdup(event->note) : NULL;
	e->by = process_hold(all, event->by);
	if (e->by && !e->event.note == !event->note)
		h = held_add(all, of);
	if (!h) {
		event_free(all, e);
		return -ENOMEM;
	}
	e->event.by = &e->by->process;
	h->event = e;
	of->events++;
	held_trim(all, of);
	return 0;
}

int hold_state(struct holds *all, struct held_of *of, const struct life *life, const struct state_span *span)
{
	struct held *h = held_add(all, of);

	if (!h)
		return -ENOMEM;
	h->state_count = 1 + (span > life->states);
	memcpy(&h->states[2 - h->state_count], span + 1 - h->state_count, h->state_count * sizeof(*span));
	held_trim(all, of);
	return 0;
}

int hold_trouble(struct holds *all, struct held_of *of, const struct trouble *trouble)
{
	struct held *h = held_add(all, of);

	if (!h)
		return -ENOMEM;
	h->trouble = *trouble;
	held_trim(all, of);
	return 0;
}

static int state_tell(const struct held *h, const struct life *life, const struct sink *to)
{
	struct life then = *life;

	if (!to->state)
		return 0;
	then.states = (struct state_span *)&h->states[2 - h->state_count];
	then.state_count = h->state_count;
	return to->state(to->arg, &then, &h->states[1]);
}

int held_tell(struct holds *all, struct held_of *of, const struct life *life, const struct sink *to)
{
	int err = 0;

	while (of->first && !err) {
		struct held *h = held_take(all, of);

		if (h->event)
			err = to->event ? to->event(to->arg, &h->event->event) : 0;
		else if (h->state_count)
			err = state_tell(h, life, to);
		else if (to->trouble)
			err = to->trouble(to->arg, life, &h->trouble);
		held_free(all, h);
	}
	return err;
}

void held_forget(struct holds *all, struct held_of *of)
{
	while (of->first)
		held_free(all, held_take(all, of));
}
