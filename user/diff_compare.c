/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns what differs between partners, and what has none: a hunk each, a process after the other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

struct comparing {
	struct diff *d;
	struct diff_result *r;
	struct diff_normal sides[2];
	uint32_t *words; /* of side B, its threads in A's order */
	size_t count, room;
};

static const uint32_t *segment_words(const struct diff_normal *n, size_t i)
{
	return n->words + n->segments[i].first;
}

static bool same_segment(const struct comparing *c, size_t a, size_t b)
{
	size_t count = c->sides[0].segments[a].count;

	return count == c->sides[1].segments[b].count && count &&
	       !memcmp(segment_words(&c->sides[0], a), segment_words(&c->sides[1], b), count * sizeof(uint32_t));
}

static void take(struct comparing *c, size_t segment)
{
	struct diff_segment *s = &c->sides[1].segments[segment];

	if (!s->taken && s->count)
		memcpy(c->words + c->count, segment_words(&c->sides[1], segment), s->count * sizeof(*c->words));
	c->count += s->taken ? 0 : s->count;
	s->taken = true;
}

/* The end of the segments from `from` on that are of one process and, if it is none of it, of no main thread. */
static size_t threads_end(const struct diff_normal *n, size_t from)
{
	size_t i = from + 1;

	while (!n->segments[from].main && i < n->segment_count && !n->segments[i].main &&
	       n->segments[i].rank == n->segments[from].rank)
		i++;
	return i;
}

/* Which of a process's threads was second is chance: those that do the same as one of A come where that one does. */
static void take_threads(struct comparing *c, size_t a, size_t a_end, size_t b, size_t b_end)
{
	struct diff_segment *segments = c->sides[1].segments;
	size_t i, k, spare = b;

	for (i = a; i < a_end; i++)
		for (k = b; k < b_end; k++)
			if (segments[k].like == DIFF_NONE && same_segment(c, i, k)) {
				segments[k].like = (uint32_t)i;
				break;
			}
	for (i = a; i < a_end; i++) {
		for (k = b; k < b_end && segments[k].like != i; k++)
			;
		if (k == b_end) {
			while (spare < b_end && segments[spare].like != DIFF_NONE)
				spare++;
			k = spare < b_end ? spare++ : b_end;
		}
		if (k < b_end)
			take(c, k);
	}
	for (k = b; k < b_end; k++)
		take(c, k);
}

static int arrange(struct comparing *c)
{
	const struct diff_normal *a = &c->sides[0], *b = &c->sides[1];
	size_t i, i_end, k, k_end;
	uint32_t *words;

	if (c->room < b->count + 1) {
		words = reallocarray(c->words, b->count + 1, sizeof(*words));
		if (!words)
			return -ENOMEM;
		c->words = words;
		c->room = b->count + 1;
	}
	c->count = 0;
	for (k = 0; k < b->segment_count; k++)
		b->segments[k].like = DIFF_NONE;
	for (k = i = 0; k < b->segment_count; k = k_end) {
		k_end = threads_end(b, k);
		while (i < a->segment_count &&
		       (a->segments[i].rank < b->segments[k].rank ||
			(a->segments[i].rank == b->segments[k].rank && a->segments[i].main && !b->segments[k].main)))
			i++;
		i_end = i < a->segment_count && a->segments[i].rank == b->segments[k].rank ? threads_end(a, i) : i;
		take_threads(c, i, i_end, k, k_end);
	}
	return 0;
}

static struct diff_hunk *hunk_add(struct comparing *c, bool socket, enum diff_change change, uint32_t a, uint32_t b)
{
	struct diff_hunk *hunks = diff_grow(c->r->hunks, c->r->hunk_count, sizeof(*hunks));

	if (!hunks)
		return NULL;
	c->r->hunks = hunks;
	hunks += c->r->hunk_count++;
	*hunks = (struct diff_hunk){ .socket = socket, .change = change, .a = a, .b = b };
	return hunks;
}

static int normal(struct comparing *c, int side, bool socket, uint32_t index)
{
	const struct diff_view v = { .d = c->d, .side = side };

	return diff_normal(&v, socket, index, &c->sides[side]);
}

static bool all_same(const struct comparing *c)
{
	size_t i = 0;

	if (c->sides[0].count != c->count)
		return false;
	while (i < c->count && diff_word_same(&c->d->words, c->sides[0].words[i], c->words[i]))
		i++;
	return i == c->count;
}

static int compare_pair(struct comparing *c, bool socket, uint32_t a, uint32_t b)
{
	struct diff_sums *sums = socket ? &c->r->sockets : &c->r->processes;
	struct diff_hunk *hunk;

	if (normal(c, 0, socket, a) || normal(c, 1, socket, b) || arrange(c))
		return -ENOMEM;
	if (all_same(c)) {
		sums->alike++;
		return 0;
	}
	sums->changed++;
	hunk = hunk_add(c, socket, DIFF_CHANGED, a, b);
	return hunk ? diff_edits(&c->d->words, c->sides[0].words, c->sides[0].count, c->words, c->count, hunk)
		    : -ENOMEM;
}

static int lone(struct comparing *c, int side, bool socket, uint32_t index)
{
	struct diff_sums *sums = socket ? &c->r->sockets : &c->r->processes;
	struct diff_hunk *hunk = side ? hunk_add(c, socket, DIFF_ADDED, DIFF_NONE, index)
				      : hunk_add(c, socket, DIFF_REMOVED, index, DIFF_NONE);
	const struct diff_normal *n = &c->sides[side];

	if (!hunk || normal(c, side, socket, index))
		return -ENOMEM;
	sums->only_a += !side;
	sums->only_b += side;
	return side ? diff_edits(&c->d->words, NULL, 0, n->words, n->count, hunk)
		    : diff_edits(&c->d->words, n->words, n->count, NULL, 0, hunk);
}

static int compare_sockets(struct comparing *c, int side, uint32_t process)
{
	const struct diff_doc *doc = &c->d->docs[side];
	const struct diff_range *sockets = &doc->processes[process].sockets;
	uint32_t i, partner;
	int err = 0;

	for (i = sockets->first; i < sockets->first + sockets->count && !err; i++) {
		partner = doc->sockets[i].partner;
		if (partner == DIFF_NONE)
			err = lone(c, side, true, i);
		else if (!side)
			err = compare_pair(c, true, i, partner);
	}
	return err;
}

static int compare_all(struct comparing *c)
{
	const struct diff_doc *docs = c->d->docs;
	uint32_t i, partner;
	int err = 0;

	for (i = 0; i < docs[0].process_count && !err; i++) {
		partner = docs[0].processes[i].partner;
		err = partner == DIFF_NONE ? lone(c, 0, false, i) : compare_pair(c, false, i, partner);
		if (!err)
			err = compare_sockets(c, 0, i);
		if (!err && partner != DIFF_NONE)
			err = compare_sockets(c, 1, partner);
	}
	for (i = 0; i < docs[1].process_count && !err; i++) {
		if (docs[1].processes[i].partner != DIFF_NONE)
			continue;
		err = lone(c, 1, false, i);
		if (!err)
			err = compare_sockets(c, 1, i);
	}
	return err;
}

int diff_compare(struct diff *d, struct diff_result *r)
{
	struct comparing c = { .d = d, .r = r };
	int err = compare_all(&c);

	free(c.words);
	diff_normal_free(&c.sides[0]);
	diff_normal_free(&c.sides[1]);
	return err;
}

bool diff_alike(const struct diff_result *r)
{
	return !r->hunk_count;
}

void diff_result_free(struct diff_result *r)
{
	while (r->hunk_count--)
		free(r->hunks[r->hunk_count].edits);
	free(r->hunks);
}

void diff_free(struct diff *d)
{
	diff_doc_free(&d->docs[0]);
	diff_doc_free(&d->docs[1]);
	diff_words_free(&d->words);
}
