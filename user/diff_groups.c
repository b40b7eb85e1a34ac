/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which of two sides have something in common to be paired by.
 */
#include <errno.h>
#include <stdlib.h>

#include "diff.h"

static int group_order(const struct diff_entry *x, const struct diff_entry *y)
{
	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return 0;
}

static int entry_order(const void *a, const void *b)
{
	const struct diff_entry *x = a, *y = b;
	int order = group_order(x, y);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* The group that begins at entries[0]. */
static void group_take(const struct diff_entry *entries, size_t count, struct diff_list *group)
{
	for (group->count = 0; group->count < count && !group_order(entries, &entries[group->count]); group->count++)
		group->items[group->count] = entries[group->count].index;
}

static int walk(struct diff_entry *const entries[2], const size_t counts[2], struct diff_list groups[2],
		int (*each)(void *arg, const struct diff_list groups[2]), void *arg)
{
	size_t i = 0, k = 0;
	int order, err = 0;

	while (i < counts[0] && k < counts[1] && !err) {
		order = group_order(&entries[0][i], &entries[1][k]);
		group_take(entries[0] + i, counts[0] - i, &groups[0]);
		group_take(entries[1] + k, counts[1] - k, &groups[1]);
		if (!order)
			err = each(arg, groups);
		i += order <= 0 ? groups[0].count : 0;
		k += order >= 0 ? groups[1].count : 0;
	}
	return err;
}

int diff_groups(struct diff_entry *const entries[2], const size_t counts[2],
		int (*each)(void *arg, const struct diff_list groups[2]), void *arg)
{
	struct diff_list groups[2] = { { 0 } };
	int side, err = 0;

	for (side = 0; side < 2; side++) {
		qsort(entries[side], counts[side], sizeof(*entries[side]), entry_order);
		groups[side].items = calloc(counts[side] + 1, sizeof(*groups[side].items));
		if (!groups[side].items)
			err = -ENOMEM;
	}
	if (!err)
		err = walk(entries, counts, groups, each, arg);
	free(groups[0].items);
	free(groups[1].items);
	return err;
}
