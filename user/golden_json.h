/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fields of an object of the json format, be it built here (json.h) or read; and whether they are what they have to be.
 */
#ifndef SOCKLIFE_GOLDEN_JSON_H
#define SOCKLIFE_GOLDEN_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json.h"

const cJSON *golden_field(const cJSON *o, const char *key); /* NULL: it is not there, or null */
const char *golden_string(const cJSON *o, const char *key); /* NULL: no string */
int64_t golden_number(const cJSON *o, const char *key, int64_t otherwise); /* otherwise: no integer */
bool golden_int(const cJSON *item, int64_t *value); /* an integer, or a string of one that no number holds */

enum golden_object { GOLDEN_TRACE, GOLDEN_PROCESS, GOLDEN_SOCKET, GOLDEN_EVENT };

/* True, or the path of the first field that is missing or of a wrong type, in `wrong`. */
bool golden_check(enum golden_object what, const cJSON *o, char *wrong, size_t size);

#endif
