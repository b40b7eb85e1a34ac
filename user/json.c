/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the arena that cJSON builds in and the buffer that it prints to. Knows no field and no model.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "text.h"

#define CHUNK 65536 /* holds nearly every object */
#define ALIGN(n) (((n) + 15) & ~(size_t)15)

struct chunk {
	struct chunk *next;
	size_t used, size;
	_Alignas(16) unsigned char bytes[];
};

static struct chunk *chunks; /* the newest first; the oldest is kept */
static bool failed;
static char *page; /* what is printed to */
static size_t page_size;

static struct chunk *chunk_add(size_t need)
{
	size_t size = need > CHUNK ? need : CHUNK;
	struct chunk *c = malloc(sizeof(*c) + size);

	if (!c)
		return NULL;
	c->next = chunks;
	c->used = 0;
	c->size = size;
	chunks = c;
	return c;
}

static void *arena_alloc(size_t size)
{
	struct chunk *c = chunks;
	void *p;

	size = ALIGN(size);
	if (!c || c->size - c->used < size)
		c = chunk_add(size);
	if (!c) {
		failed = true;
		return NULL;
	}
	p = c->bytes + c->used;
	c->used += size;
	return p;
}

static void arena_keep(void *p)
{
	(void)p; /* all goes at once */
}

static void arena_reset(void)
{
	struct chunk *next;

	while (chunks && chunks->next) {
		next = chunks->next;
		free(chunks);
		chunks = next;
	}
	if (chunks)
		chunks->used = 0;
}

cJSON *json_begin(void)
{
	static cJSON_Hooks hooks = { .malloc_fn = arena_alloc, .free_fn = arena_keep };

	arena_reset();
	failed = false;
	cJSON_InitHooks(&hooks);
	return cJSON_CreateObject();
}

static int page_grow(void)
{
	size_t size = page_size ? 2 * page_size : CHUNK;
	char *p = size <= INT_MAX ? realloc(page, size) : NULL;

	if (!p)
		return -ENOMEM;
	page = p;
	page_size = size;
	return 0;
}

int json_print(const cJSON *item, const char **text, size_t *len)
{
	int err = page ? 0 : page_grow();

	while (!err && !cJSON_PrintPreallocated((cJSON *)item, page, (int)page_size, false))
		err = page_grow();
	if (err)
		return err;
	*text = page;
	*len = strlen(page);
	return 0;
}

int json_done(void)
{
	cJSON_InitHooks(NULL);
	return failed ? -ENOMEM : 0;
}

int json_end(cJSON *root, const char **text, size_t *len)
{
	int err = failed ? 0 : json_print(root, text, len);

	return json_done() ? -ENOMEM : err;
}

static cJSON *add(cJSON *parent, const char *key, cJSON *item)
{
	if (!(key ? cJSON_AddItemToObjectCS(parent, key, item) : cJSON_AddItemToArray(parent, item)))
		failed = true;
	return item;
}

/* Text in the arena, or one that outlives the object: cJSON need not copy it. */
static void add_text(cJSON *parent, const char *key, const char *text, int type)
{
	cJSON *item = text ? cJSON_CreateStringReference(text) : NULL;

	if (item)
		item->type = type | cJSON_IsReference;
	add(parent, key, item);
}

cJSON *json_object(cJSON *parent, const char *key)
{
	return add(parent, key, cJSON_CreateObject());
}

cJSON *json_array(cJSON *parent, const char *key)
{
	return add(parent, key, cJSON_CreateArray());
}

void json_null(cJSON *parent, const char *key)
{
	add(parent, key, cJSON_CreateNull());
}

void json_bool(cJSON *parent, const char *key, int value)
{
	add(parent, key, cJSON_CreateBool(value));
}

#define DIGITS 24 /* of a 64-bit number, its sign, a NUL */

static const char *digits(uint64_t value, bool negative)
{
	char *text = arena_alloc(DIGITS);
	char *p = text + DIGITS;

	if (!text)
		return NULL;
	*--p = '\0';
	do
		*--p = (char)('0' + value % 10);
	while (value /= 10);
	if (negative)
		*--p = '-';
	return p;
}

static void add_number(cJSON *parent, const char *key, uint64_t value, bool negative)
{
	add_text(parent, key, digits(value, negative), value < JSON_NUMBER_END ? cJSON_Raw : cJSON_String);
}

void json_int(cJSON *parent, const char *key, int64_t value)
{
	add_number(parent, key, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
}

void json_size(cJSON *parent, const char *key, uint64_t value)
{
	add_number(parent, key, value, false);
}

void json_known(cJSON *parent, const char *key, int64_t value)
{
	if (value < 0)
		json_null(parent, key);
	else
		json_size(parent, key, (uint64_t)value);
}

void json_id(cJSON *parent, const char *key, int64_t id)
{
	json_known(parent, key, id ? id : -1);
}

void json_text(cJSON *parent, const char *key, const char *text)
{
	if (text)
		add_text(parent, key, text, cJSON_String);
	else
		json_null(parent, key);
}

void json_name(cJSON *parent, const char *key, const char *name)
{
	size_t size = strlen(name) + 1;
	long long value;
	char *copy, *end;

	if (*name == '-' || (*name >= '0' && *name <= '9')) {
		value = strtoll(name, &end, 0);
		if (!*end) {
			json_int(parent, key, value);
			return;
		}
	}
	copy = arena_alloc(size);
	if (copy)
		memcpy(copy, name, size);
	add_text(parent, key, copy, cJSON_String);
}

void json_bytes(cJSON *parent, const char *key, const void *bytes, size_t len)
{
	char *text = arena_alloc(TEXT_ROOM(len));

	if (text)
		text_escape(bytes, len, text, TEXT_ROOM(len));
	add_text(parent, key, text, cJSON_String);
}

void json_string(cJSON *parent, const char *key, const char *string)
{
	if (string)
		json_bytes(parent, key, string, strlen(string));
	else
		json_null(parent, key);
}

void json_hex(cJSON *parent, const char *key, const void *bytes, size_t len, bool cut)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *b = bytes;
	char *text = arena_alloc(2 * len + sizeof("..."));
	size_t i;

	for (i = 0; text && i < len; i++) {
		text[2 * i] = hex[b[i] >> 4];
		text[2 * i + 1] = hex[b[i] & 15];
	}
	if (text)
		memcpy(text + 2 * len, cut ? "..." : "", cut ? sizeof("...") : 1);
	add_text(parent, key, text, cJSON_String);
}
