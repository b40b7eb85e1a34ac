/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns how sockets, or processes, that are not quite alike are paired: in order, so that as much of them as can be is
 * alike.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

#define ALL_LIKE 1000
/* Above either, in order: comparisons of lines, in about a second, and pairs. */
#define MOST_WORK 100000000u
#define MOST_CELLS 4000000u

struct lines { /* of one socket, masked and sorted */
	uint32_t *words;
	size_t count;
};

static int word_order(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void lines_free(struct lines *lines, size_t count)
{
	for (size_t i = 0; lines && i < count; i++)
		free(lines[i].words);
	free(lines);
}

/* Adds those of one object. */
static int lines_add(const struct diff_view *v, bool socket, uint32_t index, struct diff_normal *n, struct lines *lines)
{
	uint32_t *words;

	if (diff_normal(v, socket, index, n))
		return -ENOMEM;
	words = reallocarray(lines->words, lines->count + n->count + 1, sizeof(*words));
	if (!words)
		return -ENOMEM;
	lines->words = words;
	if (n->count)
		memcpy(words + lines->count, n->words, n->count * sizeof(*words));
	lines->count += n->count;
	return 0;
}

/* A process's sockets are a part of it. */
static int lines_take(const struct diff_view *v, bool socket, uint32_t index, struct diff_normal *n,
		      struct lines *lines)
{
	const struct diff_range *sockets = &v->d->docs[v->side].processes[index].sockets;
	int err = lines_add(v, socket, index, n, lines);

	for (uint32_t i = 0; !socket && i < sockets->count && !err; i++)
		err = lines_add(v, true, sockets->first + i, n, lines);
	if (!err)
		qsort(lines->words, lines->count, sizeof(*lines->words), word_order);
	return err;
}

/* NULL: no memory. *total is raised by their lines. */
static struct lines *lines_of(struct diff *d, int side, bool socket, const struct diff_list *list, uint64_t *total)
{
	const struct diff_view v = { .d = d, .side = side, .masked = true };
	struct lines *lines = calloc(list->count + 1, sizeof(*lines));
	struct diff_normal n = { 0 };
	size_t i;

	for (i = 0; i < list->count && lines; i++) {
		if (lines_take(&v, socket, list->items[i], &n, &lines[i])) {
			lines_free(lines, i + 1);
			lines = NULL;
			break;
		}
		*total += lines[i].count;
	}
	diff_normal_free(&n);
	return lines;
}

/* Of 1000, how much of both is in both. */
static uint32_t likeness(const struct lines *a, const struct lines *b)
{
	size_t i = 0, k = 0, same = 0;

	while (i < a->count && k < b->count) {
		if (a->words[i] == b->words[k]) {
			same++;
			i++;
			k++;
		} else if (a->words[i] < b->words[k]) {
			i++;
		} else {
			k++;
		}
	}
	return a->count + b->count ? (uint32_t)(2 * ALL_LIKE * same / (a->count + b->count)) : ALL_LIKE;
}

/* What a pair is worth: two that are half alike less than one that is wholly; 0: they are no pair. */
static uint32_t worth(const struct lines *a, const struct lines *b, unsigned int least)
{
	uint32_t like = likeness(a, b);

	return like < least ? 0 : like * like / ALL_LIKE + 1;
}

struct table { /* best[i * width + k]: what the pairs from a[i] and b[k] on are worth at most */
	const struct lines *a, *b;
	size_t a_count, b_count;
	unsigned int least;
	uint32_t *best;
};

static uint32_t *best_at(const struct table *t, size_t i, size_t k)
{
	return &t->best[i * (t->b_count + 1) + k];
}

static void table_fill(const struct table *t)
{
	uint32_t best, with, *skip;

	for (size_t i = t->a_count; i-- > 0;)
		for (size_t k = t->b_count; k-- > 0;) {
			with = worth(&t->a[i], &t->b[k], t->least);
			best = with ? with + *best_at(t, i + 1, k + 1) : 0;
			skip = best_at(t, i + 1, k);
			best = *skip > best ? *skip : best;
			skip = best_at(t, i, k + 1);
			*best_at(t, i, k) = *skip > best ? *skip : best;
		}
}

static void table_walk(const struct table *t, const struct diff_list *a, const struct diff_list *b,
		       void (*pair)(void *arg, uint32_t a, uint32_t b), void *arg)
{
	size_t i = 0, k = 0;
	uint32_t with;

	while (i < t->a_count && k < t->b_count) {
		with = worth(&t->a[i], &t->b[k], t->least);
		if (with && *best_at(t, i, k) == with + *best_at(t, i + 1, k + 1))
			pair(arg, a->items[i++], b->items[k++]);
		else if (*best_at(t, i, k) == *best_at(t, i + 1, k))
			i++;
		else
			k++;
	}
}

static void pair_in_order(const struct diff_list *a, const struct diff_list *b,
			  void (*pair)(void *arg, uint32_t a, uint32_t b), void *arg)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		pair(arg, a->items[i], b->items[i]);
}

int diff_align(struct diff *d, bool socket, const struct diff_list *a, const struct diff_list *b, unsigned int least,
	       void (*pair)(void *arg, uint32_t a, uint32_t b), void *arg)
{
	struct table t = { .a_count = a->count, .b_count = b->count, .least = least };
	uint64_t a_lines = 0, b_lines = 0, cells = (uint64_t)(a->count + 1) * (b->count + 1);
	struct lines *x, *y;
	int err = 0;

	if (cells > MOST_CELLS) {
		pair_in_order(a, b, pair, arg);
		return 0;
	}
	t.a = x = lines_of(d, 0, socket, a, &a_lines);
	t.b = y = lines_of(d, 1, socket, b, &b_lines);
	t.best = calloc(cells, sizeof(*t.best));
	if (!x || !y || !t.best) {
		err = -ENOMEM;
	} else if (a_lines * b->count + b_lines * a->count > MOST_WORK) {
		pair_in_order(a, b, pair, arg);
	} else {
		table_fill(&t);
		table_walk(&t, a, b, pair, arg);
	}
	lines_free(x, a->count);
	lines_free(y, b->count);
	free(t.best);
	return err;
}
