/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of `report --live`: a line a live socket, sorted by a column. Owns which columns there are, and the keys that
 * sort by them; knows no terminal.
 */
#ifndef SOCKLIFE_LIVE_TABLE_H
#define SOCKLIFE_LIVE_TABLE_H

#include <stdio.h>

#include "model.h"

#define LIVE_COLUMNS 13

struct live_row { /* a socket */
	const struct life *life;
	int64_t now; /* ns since the trace's start */
	int64_t sent_rate, received_rate; /* bytes/s */
};

struct live_order {
	int column;
	bool reversed; /* else texts rise, and numbers fall */
};

int live_column(const char *name); /* by its title, in any case; -1: there is none */
const char *live_column_names(void); /* "id, process, ..." */
bool live_order_key(struct live_order *order, int key); /* false: not a key that sorts */
void live_sort(struct live_row *rows, size_t count, const struct live_order *order);
/*
 * A line of keys, one of titles, and the rows; the lines are cut at so many columns of a terminal. widths: of the columns as
 * they were printed last, 0 at first, so that they stay where they are. The locale's LC_CTYPE is UTF-8.
 */
void live_print(FILE *out, const struct live_row *rows, size_t count, const struct live_order *order,
		unsigned int columns, unsigned int widths[LIVE_COLUMNS]);
/* 4 to 6 characters: 9999, 9.8K, 1023M */
void live_bytes(int64_t bytes, char *text, size_t size);
void live_time(int64_t ns, char *text, size_t size); /* 9.8s, 1m02s, 3h59m, 2d01h */

#endif
