/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the numbers that stand for texts. Knows not for which.
 */
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "golden_label.h"

struct golden_label {
	UT_hash_handle hh;
	size_t number;
	char key[];
};

size_t *golden_label(struct golden_labels *labels, const void *key, size_t len)
{
	struct golden_label *l;

	HASH_FIND(hh, labels->all, key, len, l);
	if (l)
		return &l->number;
	l = malloc(sizeof(*l) + len);
	if (!l)
		return NULL;
	l->number = 0;
	memcpy(l->key, key, len);
	HASH_ADD_KEYPTR(hh, labels->all, l->key, len, l);
	return &l->number;
}

void golden_labels_free(struct golden_labels *labels)
{
	struct golden_label *l, *next;

	HASH_ITER (hh, labels->all, l, next) {
		HASH_DEL(labels->all, l);
		free(l);
	}
}
