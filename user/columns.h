/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON objects of one kind as columns of cells: a column is a key, a row an object. A cell is a number, null, absent,
 * a text where numbers are expected, or, in a column of values, the place of a value that is written but once.
 * Knows no key but those of the table it is given.
 */
#ifndef SOCKLIFE_COLUMNS_H
#define SOCKLIFE_COLUMNS_H

#include <stddef.h>
#include <stdint.h>

#include "block.h"
#include "json.h"
#include "values.h"

#define COLUMNS_MAX 32

enum column_of { OF_INT, OF_VALUE };

struct column { /* a table of columns ends with one without a name */
	const char *name; /* the key */
	enum column_of of;
	const char *like; /* a column before it, of the same sort, that may well have the same cells; NULL: none */
	const char *after; /* a column of values before it, whose cell may well say what this one has; NULL: none */
};

/* clang-format off */
#define INT(key, ...) { .name = #key, .of = OF_INT, ##__VA_ARGS__ }
#define VALUE(key, ...) { .name = #key, .of = OF_VALUE, ##__VA_ARGS__ }
/* clang-format on */

struct columns;

/* values: of the columns of values; texts: in columns of numbers. Both stay the caller's. NULL: no memory. */
struct columns *columns_new(const struct column *of, struct values *values, struct values *texts);
/* The object's row, one cell a column, for columns_put(). 0, -ENOMEM, -EINVAL: it has a key without a column. */
int columns_cells(const struct columns *c, const cJSON *object, int64_t cells[COLUMNS_MAX]);
int columns_put(struct columns *c, const int64_t *cells); /* 0 or -ENOMEM */
int columns_add(struct columns *c, const cJSON *object); /* both */
size_t columns_rows(const struct columns *c);
size_t columns_row_size(const struct columns *c); /* bytes of its cells */
int columns_sort(struct columns *c); /* by the numbers of the first column, ties as they were added. 0 or -ENOMEM */
/* "rows":N,"columns":{...} */
void columns_write(const struct columns *c, struct block *out);
void columns_clear(struct columns *c); /* no row any more */
void columns_free(struct columns *c);

#endif
