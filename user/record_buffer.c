/* SPDX-License-Identifier: GPL-2.0-only */
#include "record_buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MIN (256u << 10)

int record_buffer_add(struct record_buffer *b, const struct rec_head *rec)
{
	if (b->room - b->len < rec->len) {
		size_t room = b->room ? 2 * b->room : ROOM_MIN;
		char *bytes = realloc(b->bytes, room);

		if (!bytes)
			return -ENOMEM;
		b->bytes = bytes;
		b->room = room;
	}
	memcpy(b->bytes + b->len, rec, rec->len);
	b->len += rec->len;
	return 0;
}

int record_buffer_each(const struct record_buffer *b, record_fn *fn, void *arg)
{
	int err = 0;

	for (size_t at = 0; at < b->len && !err;) {
		const struct rec_head *rec = (const struct rec_head *)(b->bytes + at);

		at += rec->len;
		err = fn(arg, rec);
	}
	return err;
}

void record_buffer_free(struct record_buffer *b)
{
	free(b->bytes);
	*b = (struct record_buffer){ 0 };
}
