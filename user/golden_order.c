/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the order and the names of the golden form: processes that run side by side are told one after the other, threads
 * within them too, sockets by who had them first. Nothing here depends on which of them was faster.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "text.h"

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int process_by_id(const void *a, const void *b)
{
	return compare(((const struct golden_process *)a)->p.id, ((const struct golden_process *)b)->p.id);
}

static int life_by_id(const void *a, const void *b)
{
	return compare(((const struct golden_life *)a)->l.id, ((const struct golden_life *)b)->l.id);
}

static int event_by_id(const void *a, const void *b)
{
	return compare(((const struct golden_event *)a)->e.id, ((const struct golden_event *)b)->e.id);
}

struct golden_process *golden_process(const struct golden *g, int64_t id)
{
	const struct golden_process key = { .p.id = id };

	return g->process_count ? bsearch(&key, g->processes, g->process_count, sizeof(key), process_by_id) : NULL;
}

struct golden_life *golden_life(const struct golden *g, int64_t id)
{
	const struct golden_life key = { .l.id = id };

	return g->life_count ? bsearch(&key, g->lives, g->life_count, sizeof(key), life_by_id) : NULL;
}

struct golden_event *golden_event(const struct golden *g, int64_t id)
{
	const struct golden_event key = { .e.id = id };

	return g->event_count ? bsearch(&key, g->events, g->event_count, sizeof(key), event_by_id) : NULL;
}

static int life_by_rank(const void *a, const void *b)
{
	const struct golden_life *x = *(struct golden_life *const *)a, *y = *(struct golden_life *const *)b;

	return x->rank != y->rank ? (x->rank < y->rank ? -1 : 1) : compare(x->l.id, y->l.id);
}

static int event_by_time(const void *a, const void *b)
{
	const struct golden_event *x = *(struct golden_event *const *)a, *y = *(struct golden_event *const *)b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->e.t != y->e.t ? compare(x->e.t, y->e.t) : compare(x->e.id, y->e.id);
}

static int event_by_thread(const void *a, const void *b)
{
	const struct golden_event *x = *(struct golden_event *const *)a, *y = *(struct golden_event *const *)b;

	if (x->rank == y->rank && x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	return event_by_time(a, b);
}

static void sort(void *items, size_t count, size_t size, int (*order)(const void *a, const void *b))
{
	if (count)
		qsort(items, count, size, order);
}

/* Children under their parents, which were made before them; *first: of the roots. */
static void tree_build(struct golden *g, size_t *first)
{
	struct golden_process *p, *parent;
	size_t i, *list;

	for (i = g->process_count; i; i--) {
		p = &g->processes[i - 1];
		parent = p->p.parent < p->p.id ? golden_process(g, p->p.parent) : NULL;
		list = parent ? &parent->child : first;
		p->parent = parent ? (size_t)(parent - g->processes) + 1 : 0;
		p->sibling = *list;
		*list = i;
	}
}

/* Two of one comm are told apart by the order in which they come. */
static void process_name(struct golden *g, struct golden_process *p)
{
	const char *comm = p->p.exec_count ? p->exec.comm : p->p.comm;
	size_t i, same = 1, len = text_escape(comm, strnlen(comm, COMM_LEN), p->name, sizeof(p->name));
	const struct golden_process *other;

	for (i = 0; i < p->rank; i++) {
		other = g->process_order[i];
		comm = other->p.exec_count ? other->exec.comm : other->p.comm;
		same += !strncmp(comm, p->p.exec_count ? p->exec.comm : p->p.comm, COMM_LEN);
	}
	if (same > 1)
		snprintf(p->name + len, sizeof(p->name) - len, ".%zu", same);
}

static void processes_rank(struct golden *g)
{
	size_t next = 0, rank = 0;
	struct golden_process *p;

	tree_build(g, &next);
	while (next) {
		p = &g->processes[next - 1];
		p->rank = rank;
		g->process_order[rank++] = p;
		process_name(g, p);
		if (p->child) {
			next = p->child;
			continue;
		}
		while (!p->sibling && p->parent)
			p = &g->processes[p->parent - 1];
		next = p->sibling;
	}
}

static size_t rank_of(const struct golden *g, int64_t process)
{
	const struct golden_process *p = golden_process(g, process);

	return p ? p->rank : GOLDEN_NO_RANK;
}

static void lives_number(struct golden *g)
{
	struct golden_life *l;
	size_t i, number = 0;

	for (i = 0; i < g->life_count; i++) {
		l = g->life_order[i] = &g->lives[i];
		l->rank = l->l.descriptor_count ? rank_of(g, l->l.descriptors[0].process) : GOLDEN_NO_RANK;
	}
	sort(g->life_order, g->life_count, sizeof(*g->life_order), life_by_rank);
	for (i = 0; i < g->life_count; i++) {
		l = g->life_order[i];
		number = i && g->life_order[i - 1]->rank == l->rank ? number + 1 : 1;
		l->number = number;
	}
}

/* The thread's number: as in an earlier call of it, or the next. The calls from `first` on are of one process. */
static size_t thread_number(const struct golden *g, size_t first, size_t i)
{
	const struct golden_event *e = g->event_order[i];
	const struct golden_process *p = golden_process(g, e->e.process);
	size_t last = 1;

	if (p && e->call.tid == p->p.pid)
		return 1;
	for (; first < i; first++) {
		if (g->event_order[first]->call.tid == e->call.tid)
			return g->event_order[first]->thread;
		if (g->event_order[first]->thread > last)
			last = g->event_order[first]->thread;
	}
	return last + 1;
}

static void events_thread(struct golden *g)
{
	struct golden_event *e;
	size_t i, first = 0;

	for (i = 0; i < g->event_count; i++) {
		e = g->event_order[i] = &g->events[i];
		e->rank = rank_of(g, e->e.process);
	}
	sort(g->event_order, g->event_count, sizeof(*g->event_order), event_by_time);
	for (i = 0; i < g->event_count; i++) {
		if (g->event_order[i]->rank != g->event_order[first]->rank)
			first = i;
		g->event_order[i]->thread = thread_number(g, first, i);
	}
	sort(g->event_order, g->event_count, sizeof(*g->event_order), event_by_thread);
}

int golden_order(struct golden *g)
{
	g->process_order = calloc(g->process_count + 1, sizeof(*g->process_order));
	g->life_order = calloc(g->life_count + 1, sizeof(*g->life_order));
	g->event_order = calloc(g->event_count + 1, sizeof(*g->event_order));
	if (!g->process_order || !g->life_order || !g->event_order)
		return -ENOMEM;
	sort(g->processes, g->process_count, sizeof(*g->processes), process_by_id);
	sort(g->lives, g->life_count, sizeof(*g->lives), life_by_id);
	sort(g->events, g->event_count, sizeof(*g->events), event_by_id);
	processes_rank(g);
	lives_number(g);
	events_thread(g);
	return 0;
}
