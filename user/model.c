// SPDX-License-Identifier: GPL-2.0-only
/* Records come in, in order of time, and events go out. */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_internal.h"
#include "model_slots.h"

void model_failed(struct model *m, int err)
{
	if (!m->err)
		m->err = err;
}

void *model_alloc(struct model *m, size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		model_failed(m, -ENOMEM);
	return p;
}

void *model_grow(struct model *m, void **items, size_t *count, size_t size)
{
	char *grown = *items;

	if (!(*count & (*count - 1))) { /* full at every power of two */
		grown = realloc(*items, (*count ? 2 * *count : 1) * size);
		if (!grown) {
			model_failed(m, -ENOMEM);
			return NULL;
		}
		*items = grown;
	}
	return memset(grown + (*count)++ * size, 0, size);
}

int64_t model_time(const struct model *m, uint64_t ts)
{
	return ts > m->mono ? (int64_t)(ts - m->mono) : 0;
}

struct model *model_new(uint64_t mono, const struct sink *sink)
{
	struct model *m = calloc(1, sizeof(*m));

	if (m) {
		m->mono = mono;
		m->sink = *sink;
	}
	return m;
}

void model_interfaces(struct model *m, uint64_t netns, char *const *interfaces)
{
	m->netns = netns;
	m->interfaces = interfaces;
}

void model_scope(const struct model *m, uint64_t netns, struct address *a)
{
	uint32_t scope = address_scope(a);
	char *name;

	if (!scope || netns != m->netns)
		return;
	for (char *const *i = m->interfaces; i && *i; i++)
		if (strtoul(*i, &name, 10) == scope && *name == ' ')
			strncpy(a->scope, name + 1, sizeof(a->scope) - 1);
}

int model_record(struct model *m, const struct rec_head *rec)
{
	int err = 0;

	m->now = model_time(m, rec->ts);
	switch (rec->kind) {
	case REC_CALL:
		err = call_record(m, (const struct rec_call *)rec);
		break;
	case REC_SOCK:
		sock_told(m, (const struct rec_sock *)rec);
		break;
	case REC_NAME:
		err = sock_named(m, (const struct rec_name *)rec);
		break;
	case REC_TASK:
		task_seen(m, (const struct rec_task *)rec);
		break;
	case REC_FORK:
		task_forked(m, (const struct rec_fork *)rec);
		break;
	case REC_EXEC:
		err = task_execed(m, (const struct rec_exec *)rec);
		break;
	case REC_EXIT:
		task_exited(m, (const struct rec_exit *)rec);
		break;
	case REC_FACT:
		fact_told(m, (const struct rec_fact *)rec);
		break;
	default:
		break;
	}
	flights_trim(m);
	lives_trim(m);
	return err ? err : m->err;
}

int model_finish(struct model *m, uint64_t end)
{
	m->now = model_time(m, end);
	for (struct thread *th = m->threads; th; th = th->hh.next) {
		call_abandoned(m, th);
		requests_forget(m, th);
	}
	for (int i = 0; i < 2; i++)
		for (struct thread *th = m->gone[i]; th; th = th->hh.next)
			requests_forget(m, th);
	lives_finish(m);
	tasks_finish(m);
	return m->err;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	tasks_free(m);
	rings_free(m);
	flights_free(m);
	queues_free(m);
	lives_free(m);
	free(m);
}
