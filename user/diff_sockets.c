/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which socket of the one side is which of the other, within processes that are the same: those that are alike
 * first, whatever their order, then the rest by likeness in order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

#define LEAST_LIKE 250 /* of 1000: what is less alike is another socket, where role or address is another too */

#define DEEPEST 4 /* a client, what was accepted of it, the listener */

enum pass { PASS_NEAR, PASS_CONTENT, PASS_KEY, PASS_KIND, PASSES };

struct matching {
	struct diff *d;
	enum pass pass;
	bool skipped; /* some of a group had found a partner by the time */
	int depth;
};

static uint32_t rank_of(const struct diff_doc *doc, const struct diff_socket *s)
{
	return doc->processes[s->process].rank;
}

static uint64_t mix_lines(const struct diff_doc *doc, const struct diff_socket *s, uint64_t hash)
{
	const struct diff_ref *refs;

	for (uint32_t i = 0; i < s->lines.count; i++) {
		refs = doc->lines[s->lines.first + i].refs;
		for (int k = 0; k < 2; k++)
			if (refs[k].len && !refs[k].socket)
				hash = diff_mix(hash, doc->processes[refs[k].to].rank);
	}
	return hash;
}

static uint64_t mix_callers(const struct diff_doc *doc, const struct diff_socket *s, uint64_t hash)
{
	uint32_t process, last = DIFF_NONE;

	for (uint32_t i = 0; i < s->calls.count; i++) {
		process = doc->calls[doc->order[s->calls.first + i]].process;
		if (process != last)
			hash = diff_mix(hash, doc->processes[process].rank);
		last = process;
	}
	return hash;
}

/* Which processes had to do with it, and what is at the other end, tell those apart that are alike but for names. */
static void find_near(struct diff_doc *doc)
{
	const struct diff_socket *other;
	struct diff_socket *s;

	for (size_t i = 0; i < doc->socket_count; i++) {
		s = &doc->sockets[i];
		s->near = mix_callers(doc, s, mix_lines(doc, s, s->content));
		other = s->peer == DIFF_NONE ? NULL : &doc->sockets[s->peer];
		if (other)
			s->near = diff_mix(diff_mix(s->near, other->content), rank_of(doc, other));
		other = s->listener == DIFF_NONE ? NULL : &doc->sockets[s->listener];
		if (other)
			s->near = diff_mix(s->near, rank_of(doc, other));
	}
}

static int call_order(const void *a, const void *b, void *arg)
{
	const struct diff_doc *doc = arg;
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const uint32_t p = doc->processes[doc->calls[x].process].rank, q = doc->processes[doc->calls[y].process].rank;

	return p != q ? (p < q ? -1 : 1) : (x > y) - (x < y);
}

static int line_order(const void *a, const void *b, void *arg)
{
	const struct diff_doc *doc = arg;
	const struct diff_line *x = a, *y = b;
	const uint32_t p = x->refs[0].len ? doc->processes[x->refs[0].to].rank : DIFF_NONE;
	const uint32_t q = y->refs[0].len ? doc->processes[y->refs[0].to].rank : DIFF_NONE;

	return p != q ? (p < q ? -1 : 1) : (x->text > y->text) - (x->text < y->text);
}

static bool is_of(const struct diff_line *line, const char *prefix)
{
	return !strncmp(line->text, prefix, strlen(prefix));
}

/* What a socket says a process after the other, in an order that both sides have. */
static void order_lines(struct diff_doc *doc, const struct diff_socket *s)
{
	static const char *const kinds[] = { "descriptor ", "in flight: " };
	struct diff_line *lines = doc->lines + s->lines.first;
	size_t i, k, count;

	for (k = 0; k < 2; k++) {
		for (i = 0; i < s->lines.count && !is_of(&lines[i], kinds[k]); i++)
			;
		for (count = 0; i + count < s->lines.count && is_of(&lines[i + count], kinds[k]); count++)
			;
		if (count > 1)
			qsort_r(lines + i, count, sizeof(*lines), line_order, doc);
	}
}

static void order_all(struct diff_doc *doc)
{
	const struct diff_socket *s;

	for (size_t i = 0; i < doc->socket_count; i++) {
		s = &doc->sockets[i];
		order_lines(doc, s);
		if (s->calls.count > 1)
			qsort_r(doc->order + s->calls.first, s->calls.count, sizeof(*doc->order), call_order, doc);
	}
}

static void pair(void *arg, uint32_t a, uint32_t b);

static void pair_others(struct matching *m, uint32_t a, uint32_t b)
{
	struct diff_doc *docs = m->d->docs;
	const struct diff_socket *x, *y;

	if (a == DIFF_NONE || b == DIFF_NONE || m->depth == DEEPEST)
		return;
	x = &docs[0].sockets[a];
	y = &docs[1].sockets[b];
	if (x->partner != DIFF_NONE || y->partner != DIFF_NONE || rank_of(&docs[0], x) != rank_of(&docs[1], y))
		return;
	if (m->pass == PASS_NEAR ? x->content == y->content : x->kind == y->kind)
		pair(m, a, b);
}

/* With it the socket at its other end and its listener, so that of two that are alike neither gets the other's. */
static void pair(void *arg, uint32_t a, uint32_t b)
{
	struct matching *m = arg;
	struct diff_socket *x = &m->d->docs[0].sockets[a], *y = &m->d->docs[1].sockets[b];

	if (x->partner != DIFF_NONE || y->partner != DIFF_NONE) {
		m->skipped = true;
		return;
	}
	x->partner = b;
	y->partner = a;
	m->depth++;
	pair_others(m, x->peer, y->peer);
	pair_others(m, x->listener, y->listener);
	m->depth--;
}

static uint64_t group_of(const struct diff_socket *s, enum pass pass)
{
	switch (pass) {
	case PASS_NEAR:
		return diff_mix(s->near, s->key);
	case PASS_CONTENT:
		return diff_mix(s->content, s->key);
	case PASS_KEY:
		return s->key;
	default:
		return s->kind;
	}
}

static size_t entries(const struct diff_doc *doc, enum pass pass, struct diff_entry *list)
{
	const struct diff_socket *s;
	size_t i, count = 0;

	for (i = 0; i < doc->socket_count; i++) {
		s = &doc->sockets[i];
		if (s->partner == DIFF_NONE && doc->processes[s->process].partner != DIFF_NONE)
			list[count++] = (struct diff_entry){ .index = (uint32_t)i,
							     .rank = rank_of(doc, s),
							     .group = group_of(s, pass) };
	}
	return count;
}

/* Those of a group that no pair of before has brought with it. */
static void unpaired(const struct diff_doc *doc, const struct diff_list *group, struct diff_list *left)
{
	*left = (struct diff_list){ .items = group->items };
	for (size_t i = 0; i < group->count; i++)
		if (doc->sockets[group->items[i]].partner == DIFF_NONE)
			left->items[left->count++] = group->items[i];
}

/* The first with the first, unless it came with another pair of the group meanwhile. */
static void pair_in_order(struct matching *m, const struct diff_list left[2])
{
	const struct diff_doc *docs = m->d->docs;
	size_t i = 0, k = 0;

	while (i < left[0].count && k < left[1].count) {
		if (docs[0].sockets[left[0].items[i]].partner != DIFF_NONE)
			i++;
		else if (docs[1].sockets[left[1].items[k]].partner != DIFF_NONE)
			k++;
		else
			pair(m, left[0].items[i++], left[1].items[k++]);
	}
}

/* Of those that are alike as many must be on both sides, or their order among the others tells which is missing. */
static int pair_group(void *arg, const struct diff_list groups[2])
{
	struct matching *m = arg;
	struct diff_list left[2];

	for (int side = 0; side < 2; side++)
		unpaired(&m->d->docs[side], &groups[side], &left[side]);
	if (m->pass >= PASS_KEY)
		return diff_align(m->d, true, &left[0], &left[1], m->pass == PASS_KIND ? LEAST_LIKE : 0, pair, m);
	if (left[0].count == left[1].count)
		pair_in_order(m, left);
	return 0;
}

int diff_match_sockets(struct diff *d)
{
	struct matching m = { .d = d };
	struct diff_entry *lists[2];
	size_t counts[2];
	int side, err = 0;

	for (side = 0; side < 2; side++) {
		order_all(&d->docs[side]);
		find_near(&d->docs[side]);
		lists[side] = calloc(d->docs[side].socket_count + 1, sizeof(*lists[side]));
		if (!lists[side])
			err = -ENOMEM;
	}
	for (m.pass = PASS_NEAR; m.pass < PASSES && !err; m.pass += m.skipped ? 0 : 1) {
		m.skipped = false;
		for (side = 0; side < 2; side++)
			counts[side] = entries(&d->docs[side], m.pass, lists[side]);
		err = diff_groups(lists, counts, pair_group, &m);
	}
	free(lists[0]);
	free(lists[1]);
	return err;
}
