/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the order and the names of the golden form: processes that run side by side are told one after the other, threads
 * within them too, sockets by who had them first. Nothing here depends on which of them was faster.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "golden_label.h"

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int process_by_id(const void *a, const void *b)
{
	return compare(((const struct golden_process *)a)->id, ((const struct golden_process *)b)->id);
}

static int life_by_id(const void *a, const void *b)
{
	return compare(((const struct golden_life *)a)->id, ((const struct golden_life *)b)->id);
}

static int event_by_id(const void *a, const void *b)
{
	return compare(((const struct golden_event *)a)->id, ((const struct golden_event *)b)->id);
}

struct golden_process *golden_process(const struct golden *g, int64_t id)
{
	const struct golden_process key = { .id = id };

	return g->process_count ? bsearch(&key, g->processes, g->process_count, sizeof(key), process_by_id) : NULL;
}

struct golden_life *golden_life(const struct golden *g, int64_t id)
{
	const struct golden_life key = { .id = id };

	return g->life_count ? bsearch(&key, g->lives, g->life_count, sizeof(key), life_by_id) : NULL;
}

struct golden_event *golden_event(const struct golden *g, int64_t id)
{
	const struct golden_event key = { .id = id };

	return g->event_count ? bsearch(&key, g->events, g->event_count, sizeof(key), event_by_id) : NULL;
}

static int life_by_rank(const void *a, const void *b)
{
	const struct golden_life *x = *(struct golden_life *const *)a, *y = *(struct golden_life *const *)b;

	return x->rank != y->rank ? (x->rank < y->rank ? -1 : 1) : compare(x->id, y->id);
}

static int event_by_time(const void *a, const void *b)
{
	const struct golden_event *x = *(struct golden_event *const *)a, *y = *(struct golden_event *const *)b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->t != y->t ? compare(x->t, y->t) : compare(x->id, y->id);
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
		parent = p->parent_id < p->id ? golden_process(g, p->parent_id) : NULL;
		list = parent ? &parent->child : first;
		p->parent = parent ? (size_t)(parent - g->processes) + 1 : 0;
		p->sibling = *list;
		*list = i;
	}
}

/* Two of one comm are told apart by the order in which they come. */
static int process_name(struct golden *g, struct golden_labels *comms, struct golden_process *p)
{
	size_t *same = golden_label(comms, p->comm, strlen(p->comm));
	char *name = NULL;

	if (!same)
		return -ENOMEM;
	p->name = p->comm;
	if (!(*same)++)
		return 0;
	if (asprintf(&name, "%s.%zu", p->comm, *same) >= 0)
		p->name = golden_keep(g, name);
	else
		p->name = NULL;
	free(name);
	return p->name ? 0 : -ENOMEM;
}

static int processes_name(struct golden *g)
{
	struct golden_labels comms = { 0 };
	int err = 0;
	size_t i;

	for (i = 0; !err && i < g->process_count; i++)
		err = process_name(g, &comms, g->process_order[i]);
	golden_labels_free(&comms);
	return err;
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
		l->rank = l->owner < 0 ? GOLDEN_NO_RANK : rank_of(g, l->owner);
	}
	sort(g->life_order, g->life_count, sizeof(*g->life_order), life_by_rank);
	for (i = 0; i < g->life_count; i++) {
		l = g->life_order[i];
		number = i && g->life_order[i - 1]->rank == l->rank ? number + 1 : 1;
		l->number = number;
	}
}

struct thread { /* without padding: a key */
	int64_t process, tid;
};

/* As in an earlier call of it, or the next of its process. */
static int event_thread(struct golden *g, struct golden_labels *threads, size_t *unknown, struct golden_event *e)
{
	struct golden_process *p = golden_process(g, e->process);
	const struct thread key = { p ? p->id : 0, e->tid };
	size_t *last = p ? &p->threads : unknown, *number;

	e->thread = 1;
	if (p && e->tid == p->pid)
		return 0;
	number = golden_label(threads, &key, sizeof(key));
	if (!number)
		return -ENOMEM;
	if (!*number)
		*number = 1 + ++*last;
	e->thread = *number;
	return 0;
}

static int events_thread(struct golden *g)
{
	struct golden_labels threads = { 0 };
	size_t i, unknown = 0;
	int err = 0;

	for (i = 0; i < g->event_count; i++) {
		g->event_order[i] = &g->events[i];
		g->events[i].rank = rank_of(g, g->events[i].process);
	}
	sort(g->event_order, g->event_count, sizeof(*g->event_order), event_by_time);
	for (i = 0; !err && i < g->event_count; i++)
		err = event_thread(g, &threads, &unknown, g->event_order[i]);
	golden_labels_free(&threads);
	sort(g->event_order, g->event_count, sizeof(*g->event_order), event_by_thread);
	return err;
}

int golden_order(struct golden *g)
{
	int err;

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
	err = processes_name(g);
	return err ? err : events_thread(g);
}
