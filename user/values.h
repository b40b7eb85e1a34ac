/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON texts, each distinct one kept once and known by its place: the first is 0. Does not know what they mean.
 */
#ifndef SOCKLIFE_VALUES_H
#define SOCKLIFE_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "block.h"

struct values;

struct values *values_new(void); /* NULL: no memory */
int64_t values_add(struct values *v, const char *text, size_t len); /* its place, or -ENOMEM */
const char *values_text(const struct values *v, size_t place, size_t *len); /* until the next values_add() */
/* Those that have not been written yet, as items of a JSON array. */
void values_write(struct values *v, struct block *out);
void values_free(struct values *v);

#endif
