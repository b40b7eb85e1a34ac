/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A data block of the page: one <script> element of JSON, plain or as gzip in base64, written as it comes. No `<` of
 * the JSON gets there as one, so nothing in it can end the element or open another. Does not know what the JSON says.
 *
 * Nothing fails in between: block_end() tells.
 */
#ifndef SOCKLIFE_BLOCK_H
#define SOCKLIFE_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct block;

struct block *block_new(bool compress); /* for one element after the other; NULL: no memory */
void block_begin(struct block *b, FILE *out, const char *name); /* name: of the element's class */
void block_text(struct block *b, const char *text, size_t len); /* JSON, cut anywhere */
void block_string(struct block *b, const char *text); /* the same, to its NUL */
void block_int(struct block *b, int64_t value);
int block_end(struct block *b); /* 0 or -errno */
void block_free(struct block *b);

#endif
