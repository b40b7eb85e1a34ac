/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cells of one column, and the shortest way to write them as JSON:
 *
 *	"each":[CELL,...]			one a row
 *	"most":CELL,"at":[ROW,...],"is":[CELL,...]	all rows have the one, but those; a row is the distance to the one before
 *	"like":NAME,"at":[...],"is":[...]	all rows have what another column has, but those
 *	"after":NAME,"at":[...],"is":[...]	all rows have what this column has in the last row before with the same cell of
 *						another, a column of values (absent, if there is none), but those
 *	"steps":true, before each or most	what is written are the differences to the row before, the first to 0
 *
 * The other column stands before this one. Knows neither keys nor where cells come from.
 */
#ifndef SOCKLIFE_CODING_H
#define SOCKLIFE_CODING_H

#include <stddef.h>
#include <stdint.h>

#include "block.h"
#include "values.h"

/* A cell is a number, of less than 53 bits, or one of these; from CELL_TEXT on the place of a text. */
#define CELL_NULL INT64_MIN
#define CELL_ABSENT (INT64_MIN + 1)
#define CELL_TEXT (INT64_MIN + 2)

struct series {
	const int64_t *cells;
	size_t rows;
	const char *like; /* another column; NULL: none */
	const int64_t *like_cells;
	const char *after; /* another column; NULL: none */
	const uint32_t *before; /* by row: the last one before with the same cell of that column, plus 1; 0: none */
	const struct values *texts;
};

void coding_write(const struct series *s, struct block *out);

#endif
