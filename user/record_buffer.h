/* SPDX-License-Identifier: GPL-2.0-only */
/* Records in memory, in order of arrival: those of a capture that is not begun yet. Knows nothing of what is in one. */
#ifndef SOCKLIFE_RECORD_BUFFER_H
#define SOCKLIFE_RECORD_BUFFER_H

#include <stddef.h>

#include "source.h"

struct record_buffer { /* zeroed: empty */
	char *bytes;
	size_t len, room;
};

/* A copy of it, behind the others. 0 or -ENOMEM. */
int record_buffer_add(struct record_buffer *b, const struct rec_head *rec);
/* Each to fn, until it answers with something else than 0, which is returned. */
int record_buffer_each(const struct record_buffer *b, record_fn *fn, void *arg);
/* Empties it, and gives its memory back. */
void record_buffer_free(struct record_buffer *b);

#endif
