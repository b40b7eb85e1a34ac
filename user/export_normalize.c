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

static int life(void *self, const struct life *life)
{
	struct golden *g = self;
	struct golden_life *l = grow((void **)&g->lives, &g->life_count, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->l = *life;
	l->l.states = NULL;
	l->l.peers = NULL;
	l->l.attempts = NULL;
	l->l.descriptors = NULL;
	if (copy(&l->l.states, life->states, life->state_count * sizeof(*life->states)) ||
	    copy(&l->l.peers, life->peers, life->peer_count * sizeof(*life->peers)) ||
	    copy(&l->l.attempts, life->attempts, life->attempt_count * sizeof(*life->attempts)) ||
	    copy(&l->l.descriptors, life->descriptors, life->descriptor_count * sizeof(*life->descriptors)))
		return -ENOMEM;
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
	free(l->states);
	free(l->peers);
	free(l->attempts);
	free(l->descriptors);
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
