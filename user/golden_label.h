/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A number for each of many texts.
 */
#ifndef SOCKLIFE_GOLDEN_LABEL_H
#define SOCKLIFE_GOLDEN_LABEL_H

#include <stddef.h>

struct golden_label;

struct golden_labels { /* zeroed: none */
	struct golden_label *all;
	size_t count;
};

/* Of these bytes, the same number in every call, for the caller to set: 0 at first. NULL: no memory. */
size_t *golden_label(struct golden_labels *labels, const void *key, size_t len);
void golden_labels_free(struct golden_labels *labels);

#endif
