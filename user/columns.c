/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the cells of a table, and how an item of an object becomes one. Knows neither how a column is coded nor
 * what a key means.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "coding.h"
#include "columns.h"

struct columns {
	const struct column *of;
	size_t count, rows, room; /* room: a power of two */
	struct values *values, *texts;
	int64_t *cells[COLUMNS_MAX]; /* a column's, room for `room` rows */
	bool follows; /* a column has an `after`, hence these */
	uint32_t *before; /* by row: the last one before with the same cell of some column, plus 1; 0: none */
	uint32_t *slots; /* 2 * room, to find it: the last row with a cell, plus 1; 0: free */
};

struct columns *columns_new(const struct column *of, struct values *values, struct values *texts)
{
	struct columns *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->of = of;
	c->values = values;
	c->texts = texts;
	for (; c->count < COLUMNS_MAX && of[c->count].name; c->count++)
		c->follows = c->follows || of[c->count].after;
	return c;
}

static int cell_add(struct values *v, const char *text, size_t len, int64_t first, int64_t *cell)
{
	int64_t place = values_add(v, text, len);

	if (place < 0)
		return (int)place;
	*cell = first + place;
	return 0;
}

static int cell_of(const struct columns *c, enum column_of of, const cJSON *item, int64_t *cell)
{
	const char *text;
	size_t len;
	int err;

	if (cJSON_IsNull(item)) {
		*cell = CELL_NULL;
		return 0;
	}
	if (of == OF_INT && cJSON_IsRaw(item)) {
		*cell = strtoll(item->valuestring, NULL, 10);
		return 0;
	}
	if (of == OF_INT && !cJSON_IsString(item))
		return -EINVAL;
	err = json_print(item, &text, &len);
	if (err)
		return err;
	if (of == OF_INT)
		return cell_add(c->texts, text, len, CELL_TEXT, cell);
	return cell_add(c->values, text, len, 0, cell);
}

/* Objects have their keys in the order of the columns, so the search goes on where the last one ended. */
static int column_find(const struct columns *c, const char *key, size_t *at)
{
	size_t tries;

	for (tries = 0; tries < c->count; tries++, (*at)++) {
		if (*at >= c->count)
			*at = 0;
		if (!strcmp(c->of[*at].name, key))
			return 0;
	}
	return -EINVAL;
}

int columns_cells(const struct columns *c, const cJSON *object, int64_t cells[COLUMNS_MAX])
{
	const cJSON *item;
	size_t i, at = 0;
	int err;

	for (i = 0; i < c->count; i++)
		cells[i] = CELL_ABSENT;
	cJSON_ArrayForEach (item, object) {
		err = column_find(c, item->string, &at);
		if (!err)
			err = cell_of(c, c->of[at].of, item, &cells[at]);
		if (err)
			return err;
		at++;
	}
	return 0;
}

static int grow_before(struct columns *c, size_t room)
{
	uint32_t *before, *slots;

	before = reallocarray(c->before, room, sizeof(*before));
	if (!before)
		return -ENOMEM;
	c->before = before;
	slots = reallocarray(c->slots, 2 * room, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	c->slots = slots;
	return 0;
}

static int grow(struct columns *c)
{
	size_t i, room = c->room ? 2 * c->room : 64;
	int64_t *cells;

	if (c->follows && grow_before(c, room))
		return -ENOMEM;
	for (i = 0; i < c->count; i++) {
		cells = reallocarray(c->cells[i], room, sizeof(*cells));
		if (!cells)
			return -ENOMEM;
		c->cells[i] = cells;
	}
	c->room = room;
	return 0;
}

int columns_put(struct columns *c, const int64_t *cells)
{
	size_t i;

	if (c->rows == c->room && grow(c))
		return -ENOMEM;
	for (i = 0; i < c->count; i++)
		c->cells[i][c->rows] = cells[i];
	c->rows++;
	return 0;
}

int columns_add(struct columns *c, const cJSON *object)
{
	int64_t cells[COLUMNS_MAX];
	int err = columns_cells(c, object, cells);

	return err ? err : columns_put(c, cells);
}

size_t columns_rows(const struct columns *c)
{
	return c->rows;
}

size_t columns_row_size(const struct columns *c)
{
	return c->count * sizeof(int64_t);
}

struct place { /* of a row */
	int64_t key;
	size_t row;
};

static int place_order(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->row < y->row ? -1 : 1;
}

static void sort_column(int64_t *cells, int64_t *was, const struct place *places, size_t rows)
{
	size_t i;

	memcpy(was, cells, rows * sizeof(*cells));
	for (i = 0; i < rows; i++)
		cells[i] = was[places[i].row];
}

int columns_sort(struct columns *c)
{
	struct place *places = reallocarray(NULL, c->rows + 1, sizeof(*places));
	int64_t *was = reallocarray(NULL, c->rows + 1, sizeof(*was));
	int err = places && was ? 0 : -ENOMEM;
	size_t i;

	for (i = 0; !err && i < c->rows; i++)
		places[i] = (struct place){ .key = c->cells[0][i], .row = i };
	if (!err && c->rows)
		qsort(places, c->rows, sizeof(*places), place_order);
	for (i = 0; !err && c->rows && i < c->count; i++)
		sort_column(c->cells[i], was, places, c->rows);
	free(places);
	free(was);
	return err;
}

static const int64_t *cells_named(const struct columns *c, const char *name)
{
	size_t i = 0;

	while (strcmp(c->of[i].name, name) != 0)
		i++;
	return c->cells[i];
}

/* The row before with the same cell, for each row. */
static void find_before(const struct columns *c, const int64_t *cells)
{
	size_t i, slot, mask = 2 * c->room - 1;

	memset(c->slots, 0, 2 * c->room * sizeof(*c->slots));
	for (i = 0; i < c->rows; i++) {
		slot = (uint64_t)cells[i] * 0x9e3779b97f4a7c15u >> 32 & mask;
		while (c->slots[slot] && cells[c->slots[slot] - 1] != cells[i])
			slot = (slot + 1) & mask;
		c->before[i] = c->slots[slot];
		c->slots[slot] = (uint32_t)i + 1;
	}
}

static void write_column(const struct columns *c, size_t i, struct block *out)
{
	const struct column *of = &c->of[i];
	struct series s = {
		.cells = c->cells[i],
		.rows = c->rows,
		.like = of->like,
		.like_cells = of->like ? cells_named(c, of->like) : NULL,
		.after = of->after,
		.before = c->before,
		.texts = c->texts,
	};

	block_string(out, i ? ",\"" : "\"");
	block_string(out, of->name);
	block_string(out, of->of == OF_INT ? "\":{\"of\":\"int\"," : "\":{\"of\":\"value\",");
	coding_write(&s, out);
	block_string(out, "}");
}

void columns_write(const struct columns *c, struct block *out)
{
	const char *after = "";
	size_t i;

	block_string(out, "\"rows\":");
	block_int(out, (int64_t)c->rows);
	block_string(out, ",\"columns\":{");
	for (i = 0; i < c->count; i++) {
		if (c->rows && c->of[i].after && strcmp(c->of[i].after, after) != 0) {
			after = c->of[i].after;
			find_before(c, cells_named(c, after));
		}
		write_column(c, i, out);
	}
	block_string(out, "}");
}

void columns_clear(struct columns *c)
{
	c->rows = 0;
}

void columns_free(struct columns *c)
{
	size_t i;

	if (!c)
		return;
	for (i = 0; i < c->count; i++)
		free(c->cells[i]);
	free(c->before);
	free(c->slots);
	free(c);
}
