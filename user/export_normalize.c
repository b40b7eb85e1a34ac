/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The golden form: stable text that two runs of one program have in common, for tests and for diff. Owns copies of all
 * objects until the trace ends: memory grows with it, unlike in every other format.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter.h"
#include "golden.h"

/* Room for one more, zeroed, at the end of an array that grows at powers of two. */
static void *grow(void **items, size_t *count, size_t size)
{
	char *grown = *items;

	if (!(*count & (*count - 1))) {
		grown = reallocarray(*items, *count ? 2 * *count : 1, size);
		if (!grown)
			return NULL;
		*items = grown;
	}
	return memset(grown + (*count)++ * size, 0, size);
}

static int copy(void *to, const void *from, size_t size)
{
	void *made = size ? malloc(size) : NULL;

	if (size && !made)
		return -ENOMEM;
	if (size)
		memcpy(made, from, size);
	memcpy(to, &made, sizeof(made));
	return 0;
}

static int copy_exec(struct exec *to, const struct exec *from)
{
	*to = *from;
	to->exe = to->args = NULL;
	if (from->exe && copy(&to->exe, from->exe, strlen(from->exe) + 1))
		return -ENOMEM;
	return from->args ? copy(&to->args, from->args, from->args_len) : 0;
}

static int begin(void *self, FILE *out, int pass)
{
	struct golden *g = self;

	(void)pass;
	g->out = out;
	return 0;
}

static int event(void *self, const struct event *event)
{
	struct golden *g = self;
	struct golden_event *e = grow((void **)&g->events, &g->event_count, sizeof(*e));

	if (!e)
		return -ENOMEM;
	e->e = *event;
	e->call = *event->call;
	return event->note ? copy(&e->note, event->note, strlen(event->note) + 1) : 0;
}

static int process(void *self, const struct process *process)
{
	struct golden *g = self;
	struct golden_process *p = grow((void **)&g->processes, &g->process_count, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->p = *process;
	return process->exec_count ? copy_exec(&p->exec, &process->execs[process->exec_count - 1]) : 0;
}

/* What a life owns, and its copy here too. */
#define ARRAY(items, number) \
	{ \
		offsetof(struct life, items), offsetof(struct life, number), sizeof(*((struct life *)0)->items) \
	}
static const struct {
	size_t items, count, size;
} arrays[] = {
	ARRAY(states, state_count),           ARRAY(peers, peer_count),     ARRAY(attempts, attempt_count),
	ARRAY(descriptors, descriptor_count), ARRAY(flights, flight_count), ARRAY(resets, reset_count),
	ARRAY(errors, error_count),
};

#define ARRAYS (sizeof(arrays) / sizeof(*arrays))

static void *array_of(struct life *l, size_t i)
{
	return (char *)l + arrays[i].items;
}

static int life(void *self, const struct life *life)
{
	struct golden *g = self;
	struct golden_life *l = grow((void **)&g->lives, &g->life_count, sizeof(*l));
	const void *from;
	size_t i, count;

	if (!l)
		return -ENOMEM;
	l->l = *life;
	l->l.queue = NULL; /* when it was how deep is chance */
	l->l.queue_count = 0;
	for (i = 0; i < ARRAYS; i++)
		memset(array_of(&l->l, i), 0, sizeof(void *));
	for (i = 0; i < ARRAYS; i++) {
		memcpy(&from, array_of((struct life *)life, i), sizeof(from));
		memcpy(&count, (const char *)life + arrays[i].count, sizeof(count));
		if (copy(array_of(&l->l, i), from, count * arrays[i].size))
			return -ENOMEM;
	}
	return 0;
}

static int end(void *self, const struct trace *trace, int pass)
{
	struct golden *g = self;
	int err = golden_order(g);

	(void)pass;
	return err ? err : golden_print(g, trace);
}

static void *open_export(void)
{
	return calloc(1, sizeof(struct golden));
}

static void life_free(struct life *l)
{
	void *items;

	for (size_t i = 0; i < ARRAYS; i++) {
		memcpy(&items, array_of(l, i), sizeof(items));
		free(items);
	}
}

static void close_export(void *self)
{
	struct golden *g = self;

	while (g->process_count--) {
		free(g->processes[g->process_count].exec.exe);
		free(g->processes[g->process_count].exec.args);
	}
	while (g->life_count--)
		life_free(&g->lives[g->life_count].l);
	while (g->event_count--)
		free(g->events[g->event_count].note);
	free(g->processes);
	free(g->process_order);
	free(g->lives);
	free(g->life_order);
	free(g->events);
	free(g->event_order);
	free(g);
}

const struct exporter_ops export_normalize = {
	.format = "golden",
	.passes = 1,
	.begin = begin,
	.event = event,
	.process = process,
	.life = life,
	.end = end,
	.open = open_export,
	.close = close_export,
};
