/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The cells of one column, and the shortest way to write them as JSON:
 *
 *	"each":[CELL,...]			one a row
 *	"most":CELL,"at":[ROW,...],"is":[CELL,...]	all rows have the one, but those; a row is the distance to the one before
 *	"like":NAME,"at":[...],"is":[...]	all rows have what another column has, but those
 *	"steps":true, before each or most	what is written are the differences to the row before, the first to 0
 *
 * Knows neither keys nor where cells come from.
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
	const int64_t *like; /* of another column; NULL: none */
	const char *like_name;
	const struct values *texts;
};

void coding_write(const struct series *s, struct block *out);

#endif
