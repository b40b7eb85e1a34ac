/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the temporary file and the index of what is in it. Does not know what the texts are.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "spool.h"

struct entry {
	int64_t t;
	int64_t id;
	uint32_t len;
	off_t offset;
};

struct spool {
	FILE *file;
	off_t size;
	struct entry *entries;
	size_t count, room;
	char *buf;
	size_t buf_size;
};

int spool_open(struct spool **spool)
{
	struct spool *s = calloc(1, sizeof(*s));
	int err;

	if (!s)
		return -ENOMEM;
	s->file = tmpfile();
	if (!s->file) {
		err = -errno;
		free(s);
		return err;
	}
	*spool = s;
	return 0;
}

static int entries_grow(struct spool *s)
{
	size_t room = s->room ? 2 * s->room : 64;
	struct entry *entries = reallocarray(s->entries, room, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	s->entries = entries;
	s->room = room;
	return 0;
}

int spool_add(struct spool *s, int64_t t, int64_t id, const char *text, size_t len)
{
	if (len > UINT32_MAX)
		return -EFBIG;
	if (s->count == s->room && entries_grow(s))
		return -ENOMEM;
	if (fwrite_unlocked(text, 1, len, s->file) != len)
		return -errno;
	s->entries[s->count++] = (struct entry){ .t = t, .id = id, .len = (uint32_t)len, .offset = s->size };
	s->size += (off_t)len;
	return 0;
}

static int entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

int spool_sort(struct spool *s)
{
	if (s->count)
		qsort(s->entries, s->count, sizeof(*s->entries), entry_order);
	return fflush(s->file) ? -errno : 0;
}

size_t spool_count(const struct spool *s)
{
	return s->count;
}

void spool_key(const struct spool *s, size_t i, int64_t *t, int64_t *id)
{
	*t = s->entries[i].t;
	*id = s->entries[i].id;
}

static int buf_grow(struct spool *s, size_t size)
{
	char *buf;

	if (size <= s->buf_size)
		return 0;
	buf = realloc(s->buf, size);
	if (!buf)
		return -ENOMEM;
	s->buf = buf;
	s->buf_size = size;
	return 0;
}

int spool_text(struct spool *s, size_t i, const char **text, size_t *len)
{
	const struct entry *e = &s->entries[i];
	size_t done = 0;
	ssize_t n;

	if (buf_grow(s, e->len))
		return -ENOMEM;
	while (done < e->len) {
		n = pread(fileno(s->file), s->buf + done, e->len - done, e->offset + (off_t)done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? -errno : -EIO;
		done += (size_t)n;
	}
	*text = s->buf;
	*len = e->len;
	return 0;
}

void spool_close(struct spool *s)
{
	if (!s)
		return;
	fclose(s->file);
	free(s->entries);
	free(s->buf);
	free(s);
}
