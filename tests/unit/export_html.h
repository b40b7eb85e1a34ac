/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The html format read back: the blocks of a page, their columns decoded into the objects that they were made of. What
 * may be written is said in user/coding.h and user/columns.h; anything else fails.
 */
#ifndef EXPORT_HTML_H
#define EXPORT_HTML_H

#include <stdbool.h>

#include "blocks.h"
#include "columns.h"
#include "export_json.h"

enum cell_kind { CELL_IS_ABSENT, CELL_IS_NULL, CELL_IS_NUMBER, CELL_IS_TEXT, CELL_IS_OPEN };

struct cell {
	enum cell_kind kind;
	double number;
	const char *text;
};

struct rows { /* a table, or a chunk */
	size_t count, columns;
	const cJSON *column[COLUMNS_MAX];
	struct cell *cells[COLUMNS_MAX];
};

static inline const cJSON *maybe(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

static inline struct cell cell_read(const cJSON *item)
{
	if (cJSON_IsNumber(item))
		return (struct cell){ .kind = CELL_IS_NUMBER, .number = item->valuedouble };
	if (cJSON_IsString(item))
		return (struct cell){ .kind = CELL_IS_TEXT, .text = item->valuestring };
	if (cJSON_IsNull(item))
		return (struct cell){ .kind = CELL_IS_NULL };
	assert_true(cJSON_IsFalse(item));
	return (struct cell){ .kind = CELL_IS_ABSENT };
}

/* The column that is named, which stands before. */
static inline size_t column_named(const struct rows *r, size_t k, const cJSON *name)
{
	size_t other = 0;

	while (strcmp(r->column[other]->string, name->valuestring) != 0)
		other++;
	assert_true(other < k);
	assert_null(maybe(r->column[k], "steps"));
	return other;
}

/* `most`, `like` or `after`: what all rows have but the exceptions. */
static inline void column_base(const struct rows *r, size_t k, struct cell *cells)
{
	const cJSON *most = maybe(r->column[k], "most"), *like = maybe(r->column[k], "like");
	const cJSON *after = maybe(r->column[k], "after");
	size_t i, other = like ? column_named(r, k, like) : 0;

	assert_int_equal(!!most + !!like + !!after, 1);
	if (like)
		assert_string_equal(get(r->column[k], "of")->valuestring, get(r->column[other], "of")->valuestring);
	for (i = 0; i < r->count; i++)
		cells[i] = like ? r->cells[other][i] : most ? cell_read(most) : (struct cell){ .kind = CELL_IS_OPEN };
}

/* `after`: the rows that are no exception. */
static inline void column_follow(const struct rows *r, size_t k, struct cell *cells)
{
	size_t other = column_named(r, k, get(r->column[k], "after")), i, at;
	const struct cell *by = r->cells[other];

	assert_string_equal(get(r->column[other], "of")->valuestring, "value");
	for (i = 0; i < r->count; i++) {
		if (cells[i].kind != CELL_IS_OPEN)
			continue;
		for (at = i; at && (by[at - 1].kind != by[i].kind || by[at - 1].number != by[i].number); at--)
			;
		cells[i] = at ? cells[at - 1] : (struct cell){ .kind = CELL_IS_ABSENT };
	}
}

static inline void column_exceptions(const cJSON *column, struct cell *cells, size_t rows)
{
	const cJSON *is = get(column, "is")->child, *at;
	double row = 0;

	cJSON_ArrayForEach (at, get(column, "at")) {
		assert_true(at->valuedouble > 0 || (!at->valuedouble && at == get(column, "at")->child));
		row += at->valuedouble;
		assert_true(row < (double)rows);
		assert_non_null(is);
		cells[(size_t)row] = cell_read(is);
		is = is->next;
	}
	assert_null(is);
}

static inline void column_decode(struct rows *r, size_t k)
{
	const cJSON *column = r->column[k], *each = maybe(column, "each"), *item;
	struct cell *cells = calloc(r->count + 1, sizeof(*cells));
	size_t i = 0;

	if (each) {
		assert_int_equal(cJSON_GetArraySize(each), r->count);
		cJSON_ArrayForEach (item, each)
			cells[i++] = cell_read(item);
	} else {
		column_base(r, k, cells);
		column_exceptions(column, cells, r->count);
		if (maybe(column, "after"))
			column_follow(r, k, cells);
	}
	for (i = 0; maybe(column, "steps") && i < r->count; i++) {
		assert_int_equal(cells[i].kind, CELL_IS_NUMBER);
		cells[i].number += i ? cells[i - 1].number : 0;
	}
	r->cells[k] = cells;
}

static inline void rows_decode(struct rows *r, const cJSON *table)
{
	const cJSON *column;

	*r = (struct rows){ .count = (size_t)get(table, "rows")->valuedouble };
	cJSON_ArrayForEach (column, get(table, "columns")) {
		assert_true(r->columns < COLUMNS_MAX);
		r->column[r->columns] = column;
		column_decode(r, r->columns++);
	}
}

static inline void rows_free(struct rows *r)
{
	while (r->columns)
		free(r->cells[--r->columns]);
}

struct value_list {
	cJSON **items;
	size_t count;
	cJSON *arrays[256];
	size_t array_count;
};

/* The values of a head or chunk, which loses them. */
static inline void values_take(struct value_list *v, cJSON *object)
{
	cJSON *array = cJSON_DetachItemFromObjectCaseSensitive(object, "values"), *item;

	assert_true(cJSON_IsArray(array) && v->array_count < 256);
	v->arrays[v->array_count++] = array;
	v->items = reallocarray(v->items, v->count + (size_t)cJSON_GetArraySize(array) + 1, sizeof(*v->items));
	cJSON_ArrayForEach (item, array)
		v->items[v->count++] = item;
}

static inline void values_drop(struct value_list *v)
{
	while (v->array_count)
		cJSON_Delete(v->arrays[--v->array_count]);
	free(v->items);
}

/* The object that row i was made of; without the key `but`, if not NULL. */
static inline cJSON *row_object(const struct rows *r, size_t i, const struct value_list *v, const char *but)
{
	cJSON *o = cJSON_CreateObject();
	const struct cell *cell;
	const char *key;
	bool value;
	size_t k;

	for (k = 0; k < r->columns; k++) {
		cell = &r->cells[k][i];
		key = r->column[k]->string;
		value = !strcmp(get(r->column[k], "of")->valuestring, "value");
		if (cell->kind == CELL_IS_ABSENT || (but && !strcmp(key, but)))
			continue;
		if (cell->kind == CELL_IS_NULL) {
			cJSON_AddNullToObject(o, key);
		} else if (value) {
			assert_true(cell->kind == CELL_IS_NUMBER && cell->number < (double)v->count);
			cJSON_AddItemReferenceToObject(o, key, v->items[(size_t)cell->number]);
		} else if (cell->kind == CELL_IS_TEXT) {
			cJSON_AddStringToObject(o, key, cell->text);
		} else {
			cJSON_AddNumberToObject(o, key, cell->number);
		}
	}
	return o;
}

/* One line of the json format: free it with cJSON_Delete(). NULL: the array is over. */
static inline cJSON *json_line(char **rest)
{
	char *line = strsep(rest, "\n");
	cJSON *o;

	assert_non_null(line);
	if (*line == ']')
		return NULL;
	o = cJSON_ParseWithOpts(line, NULL, 0);
	assert_non_null(o);
	return o;
}

/* To the last bit of a number, which cJSON_Compare() does not look at. */
static inline bool same_item(const cJSON *a, const cJSON *b)
{
	const cJSON *x, *y = b ? b->child : NULL;

	if (!b || (a->type & 0xff) != (b->type & 0xff) || (cJSON_IsNumber(a) && a->valuedouble != b->valuedouble) ||
	    (cJSON_IsString(a) && strcmp(a->valuestring, b->valuestring) != 0) ||
	    cJSON_GetArraySize(a) != cJSON_GetArraySize(b))
		return false;
	cJSON_ArrayForEach (x, a) {
		if (!same_item(x, cJSON_IsObject(a) ? maybe(b, x->string) : y))
			return false;
		y = y->next;
	}
	return true;
}

static inline void assert_same_object(cJSON *want, cJSON *got)
{
	char *a, *b;

	if (!same_item(want, got)) {
		a = cJSON_PrintUnformatted(want);
		b = cJSON_PrintUnformatted(got);
		assert_string_equal(b, a);
		fail();
	}
	cJSON_Delete(want);
	cJSON_Delete(got);
}

/* The objects of an array in socket `id`: the rows of its own table from *next on. */
static inline void assert_same_array(const struct rows *r, size_t *next, const struct value_list *v, cJSON *want,
				     double id)
{
	cJSON *one;

	while ((one = cJSON_DetachItemFromArray(want, 0))) {
		assert_true(*next < r->count);
		assert_true(r->cells[0][*next].number == id);
		assert_same_object(one, row_object(r, (*next)++, v, "socket"));
	}
}

static inline void assert_same_sockets(const cJSON *all, const struct value_list *v, char **json)
{
	static const char *const arrays[] = { "states", "peers", "attempts", "descriptors" };
	struct rows sockets, parts[4];
	size_t i = 0, k, next[4] = { 0 };
	cJSON *want;
	double id;

	rows_decode(&sockets, get(all, "sockets"));
	for (k = 0; k < 4; k++)
		rows_decode(&parts[k], get(all, arrays[k]));
	for (; (want = json_line(json)); i++) {
		id = get(want, "id")->valuedouble;
		for (k = 0; k < 4; k++) {
			assert_same_array(&parts[k], &next[k], v, get(want, arrays[k]), id);
			cJSON_DeleteItemFromObjectCaseSensitive(want, arrays[k]);
		}
		assert_true(i < sockets.count);
		assert_same_object(want, row_object(&sockets, i, v, NULL));
	}
	assert_int_equal(i, sockets.count);
	rows_free(&sockets);
	for (k = 0; k < 4; k++) {
		assert_int_equal(next[k], parts[k].count);
		rows_free(&parts[k]);
	}
}

static inline void assert_same_processes(const cJSON *all, const struct value_list *v, char **json)
{
	struct rows r;
	cJSON *want;
	size_t i = 0;

	rows_decode(&r, get(all, "processes"));
	for (; (want = json_line(json)); i++) {
		assert_true(i < r.count);
		assert_same_object(want, row_object(&r, i, v, NULL));
	}
	assert_int_equal(i, r.count);
	rows_free(&r);
}

static inline void assert_same_events(const char **page, bool compressed, struct value_list *v, char **json,
				      double total)
{
	char *text;
	cJSON *chunk;
	struct rows r;
	size_t i;

	while ((text = block_next(page, "chunk", compressed))) {
		chunk = cJSON_ParseWithOpts(text, NULL, 1);
		free(text);
		assert_non_null(chunk);
		values_take(v, chunk);
		rows_decode(&r, chunk);
		total -= (double)r.count;
		assert_true(r.count == 65536 || !total);
		for (i = 0; i < r.count; i++)
			assert_same_object(json_line(json), row_object(&r, i, v, NULL));
		rows_free(&r);
		cJSON_Delete(chunk);
	}
	assert_true(!total);
	assert_null(json_line(json));
}

extern const char page_html[];
extern const unsigned int page_html_len;

/* Is it the page, and does it say what the json format says? */
static inline void assert_same(const char *html, const char *json, bool compressed)
{
	static const char *const keys[] = { "format", "version", "tool", "trace" };
	char *copy = strdup(json), *rest = copy, *line, *text;
	struct value_list values = { 0 };
	cJSON *head, *want;
	size_t i;

	assert_int_equal(strncmp(html, page_html, page_html_len), 0);
	html += page_html_len;
	text = block_next(&html, "head", compressed);
	head = cJSON_ParseWithOpts(text, NULL, 1);
	free(text);
	line = strsep(&rest, "\n");
	line[strlen(line) - 1] = '}';
	want = cJSON_Parse(line);
	for (i = 0; i < 4; i++)
		assert_true(same_item(get(head, keys[i]), get(want, keys[i])));
	cJSON_Delete(want);
	values_take(&values, head);
	assert_string_equal(strsep(&rest, "\n"), "\"processes\":[");
	assert_same_processes(get(head, "tables"), &values, &rest);
	assert_string_equal(strsep(&rest, "\n"), "\"sockets\":[");
	assert_same_sockets(get(head, "tables"), &values, &rest);
	assert_string_equal(strsep(&rest, "\n"), "\"events\":[");
	assert_same_events(&html, compressed, &values, &rest, get(head, "events")->valuedouble);
	assert_string_equal(html, "</body></html>\n");
	values_drop(&values);
	cJSON_Delete(head);
	free(copy);
}

#endif
