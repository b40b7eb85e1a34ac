/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the shortest way from one list of lines to another: Myers, "An O(ND) Difference Algorithm and Its Variations"
 * (1986).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

#define MOST_EDITS 2000 /* two lists that differ by more are told one after the other; memory is its square */

static int edit_add(struct diff_hunk *hunk, char op, uint32_t word)
{
	struct diff_edit *edits = diff_grow(hunk->edits, hunk->edit_count, sizeof(*edits));

	if (!edits)
		return -ENOMEM;
	hunk->edits = edits;
	edits[hunk->edit_count++] = (struct diff_edit){ .op = op, .word = word };
	return 0;
}

static int edits_add(struct diff_hunk *hunk, char op, const uint32_t *words, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = edit_add(hunk, op, words[i]);
	return err;
}

struct myers {
	const struct diff_words *words;
	const uint32_t *a, *b;
	ptrdiff_t a_count, b_count;
	/* ends[d * (d + 1) / 2 + (k + d) / 2]: how far in a one gets on diagonal k, with d edits */
	uint32_t *ends;
	size_t room;
	ptrdiff_t edits;
	bool found;
};

static uint32_t *end_at(const struct myers *m, ptrdiff_t d, ptrdiff_t k)
{
	return &m->ends[d * (d + 1) / 2 + (k + d) / 2];
}

static bool goes_down(const struct myers *m, ptrdiff_t d, ptrdiff_t k)
{
	return k == -d || (k != d && *end_at(m, d - 1, k - 1) < *end_at(m, d - 1, k + 1));
}

/* Where on diagonal k the d-th edit leads to, before what is alike. */
static ptrdiff_t step(const struct myers *m, ptrdiff_t d, ptrdiff_t k)
{
	if (!d)
		return 0;
	return goes_down(m, d, k) ? *end_at(m, d - 1, k + 1) : (ptrdiff_t)*end_at(m, d - 1, k - 1) + 1;
}

static bool reaches(struct myers *m, ptrdiff_t d)
{
	ptrdiff_t k, x;

	for (k = -d; k <= d; k += 2) {
		x = step(m, d, k);
		while (x < m->a_count && x - k < m->b_count && x - k >= 0 &&
		       diff_word_same(m->words, m->a[x], m->b[x - k]))
			x++;
		*end_at(m, d, k) = (uint32_t)x;
		if (x == m->a_count && x - k == m->b_count)
			return true;
	}
	return false;
}

static int search(struct myers *m)
{
	uint32_t *ends;
	size_t need;

	for (m->edits = 0; m->edits <= MOST_EDITS && !m->found; m->edits += !m->found) {
		need = (size_t)((m->edits + 1) * (m->edits + 2) / 2);
		if (need > m->room) {
			ends = reallocarray(m->ends, 2 * need, sizeof(*ends));
			if (!ends)
				return -ENOMEM;
			m->ends = ends;
			m->room = 2 * need;
		}
		m->found = reaches(m, m->edits);
	}
	return 0;
}

/* From the end back: which lines of a and of b are alike. */
static void trace(const struct myers *m, bool *kept_a, bool *kept_b)
{
	ptrdiff_t d = m->edits, x = m->a_count, k = m->a_count - m->b_count, from;

	for (; d >= 0; d--) {
		from = step(m, d, k);
		for (; x > from; x--)
			kept_a[x - 1] = kept_b[x - 1 - k] = true;
		if (!d)
			break;
		k += goes_down(m, d, k) ? 1 : -1;
		x = *end_at(m, d - 1, k);
	}
}

static int merge(const struct myers *m, const bool *kept_a, const bool *kept_b, struct diff_hunk *hunk)
{
	ptrdiff_t i = 0, k = 0;
	int err = 0;

	while ((i < m->a_count || k < m->b_count) && !err) {
		if (i < m->a_count && !kept_a[i]) {
			err = edit_add(hunk, '-', m->a[i++]);
		} else if (k < m->b_count && !kept_b[k]) {
			err = edit_add(hunk, '+', m->b[k++]);
		} else {
			err = edit_add(hunk, ' ', m->a[i++]);
			k++;
		}
	}
	return err;
}

static int middle(struct myers *m, struct diff_hunk *hunk)
{
	bool *kept = calloc((size_t)(m->a_count + m->b_count) + 1, sizeof(*kept));
	int err = kept ? search(m) : -ENOMEM;

	if (!err && m->found)
		trace(m, kept, kept + m->a_count);
	if (!err)
		err = merge(m, kept, kept + m->a_count, hunk);
	free(kept);
	free(m->ends);
	return err;
}

int diff_edits(const struct diff_words *words, const uint32_t *a, size_t a_count, const uint32_t *b, size_t b_count,
	       struct diff_hunk *hunk)
{
	struct myers m = { .words = words };
	size_t head = 0, tail = 0;
	int err;

	while (head < a_count && head < b_count && diff_word_same(words, a[head], b[head]))
		head++;
	while (tail < a_count - head && tail < b_count - head &&
	       diff_word_same(words, a[a_count - 1 - tail], b[b_count - 1 - tail]))
		tail++;
	m.a = a + head;
	m.b = b + head;
	m.a_count = (ptrdiff_t)(a_count - head - tail);
	m.b_count = (ptrdiff_t)(b_count - head - tail);
	err = edits_add(hunk, ' ', a, head);
	if (!err)
		err = middle(&m, hunk);
	return err ? err : edits_add(hunk, ' ', a + a_count - tail, tail);
}
