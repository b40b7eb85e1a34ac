/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the texts, one behind the other in one buffer, a hash of them and how many have been written. There are several
 * for each socket: hence no allocation and no pointers for each, as a general hash has.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "values.h"

struct values {
	char *texts;
	size_t size; /* of texts */
	size_t *ends; /* by place: where the text ends and the next begins */
	size_t count, room, written;
	uint32_t *slots; /* place + 1, 0: free; a power of two of them, at most half taken */
	size_t slot_count;
};

struct values *values_new(void)
{
	return calloc(1, sizeof(struct values));
}

const char *values_text(const struct values *v, size_t place, size_t *len)
{
	size_t start = place ? v->ends[place - 1] : 0;

	*len = v->ends[place] - start;
	return v->texts + start;
}

/* Where the text is, or is to be. */
static uint32_t *slot_find(const struct values *v, const char *text, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
	const char *other;
	size_t i, other_len;

	for (i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3;
	for (i = hash & (v->slot_count - 1); v->slots[i]; i = (i + 1) & (v->slot_count - 1)) {
		other = values_text(v, v->slots[i] - 1, &other_len);
		if (other_len == len && !memcmp(other, text, len))
			break;
	}
	return &v->slots[i];
}

static int slots_grow(struct values *v)
{
	size_t count = v->slot_count ? 2 * v->slot_count : 512, place, len;
	uint32_t *slots = calloc(count, sizeof(*slots));
	const char *text;

	if (!slots)
		return -ENOMEM;
	free(v->slots);
	v->slots = slots;
	v->slot_count = count;
	for (place = 0; place < v->count; place++) {
		text = values_text(v, place, &len);
		*slot_find(v, text, len) = (uint32_t)place + 1;
	}
	return 0;
}

/* Room for one more text of len bytes. */
static int texts_grow(struct values *v, size_t len)
{
	size_t used = v->count ? v->ends[v->count - 1] : 0, size = v->size ? v->size : 4096;
	void *p;

	while (size - used < len)
		size *= 2;
	if (size != v->size) {
		p = realloc(v->texts, size);
		if (!p)
			return -ENOMEM;
		v->texts = p;
		v->size = size;
	}
	if (v->count < v->room)
		return 0;
	p = reallocarray(v->ends, v->room ? 2 * v->room : 256, sizeof(*v->ends));
	if (!p)
		return -ENOMEM;
	v->ends = p;
	v->room = v->room ? 2 * v->room : 256;
	return 0;
}

int64_t values_add(struct values *v, const char *text, size_t len)
{
	uint32_t *slot;
	size_t start;

	if (2 * v->count >= v->slot_count && (v->count >= INT_MAX / 2 || slots_grow(v)))
		return -ENOMEM;
	slot = slot_find(v, text, len);
	if (*slot)
		return *slot - 1;
	if (texts_grow(v, len))
		return -ENOMEM;
	start = v->count ? v->ends[v->count - 1] : 0;
	memcpy(v->texts + start, text, len);
	v->ends[v->count++] = start + len;
	*slot = (uint32_t)v->count;
	return *slot - 1;
}

void values_write(struct values *v, struct block *out)
{
	size_t first = v->written, len;
	const char *text;

	for (; v->written < v->count; v->written++) {
		text = values_text(v, v->written, &len);
		if (v->written > first)
			block_text(out, ",", 1);
		block_text(out, text, len);
	}
}

void values_free(struct values *v)
{
	if (!v)
		return;
	free(v->texts);
	free(v->ends);
	free(v->slots);
	free(v);
}
