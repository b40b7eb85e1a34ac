/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns what the golden form has in memory of each object: what orders it, and its text, which is parsed again when its
 * turn has come. Memory grows with the trace, unlike in every other format.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"

#define STORE (1u << 20)

struct golden_store {
	struct golden_store *next;
	size_t used, size;
	char bytes[];
};

struct golden *golden_new(void)
{
	return calloc(1, sizeof(struct golden));
}

void golden_free(struct golden *g)
{
	struct golden_store *next;

	if (!g)
		return;
	for (; g->store; g->store = next) {
		next = g->store->next;
		free(g->store);
	}
	free(g->processes);
	free(g->process_order);
	free(g->lives);
	free(g->life_order);
	free(g->events);
	free(g->event_order);
	free(g);
}

const char *golden_keep(struct golden *g, const char *text)
{
	size_t len = strlen(text) + 1, size = len > STORE ? len : STORE;
	struct golden_store *s = g->store;
	char *copy;

	if (!s || s->size - s->used < len) {
		s = malloc(sizeof(*s) + size);
		if (!s)
			return NULL;
		*s = (struct golden_store){ .next = g->store, .size = size };
		g->store = s;
	}
	copy = memcpy(s->bytes + s->used, text, len);
	s->used += len;
	return copy;
}

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

int golden_add_process(struct golden *g, const cJSON *o, const char *json)
{
	const cJSON *execs = golden_field(o, "execs"), *last;
	struct golden_process *p;

	if (!golden_check(GOLDEN_PROCESS, o, g->wrong, sizeof(g->wrong)))
		return -EBADMSG;
	p = grow((void **)&g->processes, &g->process_count, sizeof(*p));
	if (!p)
		return -ENOMEM;
	last = execs->child ? execs->child->prev : NULL; /* cJSON's: of the first is the last */
	p->id = golden_number(o, "id", 0);
	p->pid = golden_number(o, "pid", 0);
	p->parent_id = golden_number(o, "parent", 0);
	p->comm = golden_keep(g, golden_string(last ? last : o, "comm"));
	p->json = golden_keep(g, json);
	return p->comm && p->json ? 0 : -ENOMEM;
}

int golden_add_socket(struct golden *g, const cJSON *o, const char *json)
{
	const cJSON *first;
	struct golden_life *l;

	if (!golden_check(GOLDEN_SOCKET, o, g->wrong, sizeof(g->wrong)))
		return -EBADMSG;
	l = grow((void **)&g->lives, &g->life_count, sizeof(*l));
	if (!l)
		return -ENOMEM;
	first = golden_field(o, "descriptors")->child;
	l->id = golden_number(o, "id", 0);
	l->netns = golden_number(o, "netns", 0);
	l->owner = first ? golden_number(first, "process", 0) : -1;
	l->json = golden_keep(g, json);
	return l->json ? 0 : -ENOMEM;
}

int golden_add_event(struct golden *g, const cJSON *o, const char *json)
{
	struct golden_event *e;

	if (!golden_check(GOLDEN_EVENT, o, g->wrong, sizeof(g->wrong)))
		return -EBADMSG;
	e = grow((void **)&g->events, &g->event_count, sizeof(*e));
	if (!e)
		return -ENOMEM;
	*e = (struct golden_event){
		.id = golden_number(o, "id", 0),
		.process = golden_number(o, "process", 0),
		.tid = golden_number(o, "tid", 0),
		.t = golden_number(o, "t", 0),
		.dur = golden_number(o, "dur", -1),
		.socket = golden_number(o, "socket", 0),
		.sent = golden_number(o, "sent", 0),
		.row = &call_rows[call_by_name(golden_string(o, "call"))],
		.json = golden_keep(g, json),
	};
	return e->json ? 0 : -ENOMEM;
}

int golden_add_trace(struct golden *g, const cJSON *o)
{
	if (!golden_check(GOLDEN_TRACE, o, g->wrong, sizeof(g->wrong)))
		return -EBADMSG;
	g->complete = cJSON_IsTrue(golden_field(o, "complete"));
	g->lost = golden_number(golden_field(o, "lost"), "events", 0);
	return 0;
}
