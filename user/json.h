/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One JSON object at a time: built with cJSON, printed, gone. What is built lies in an arena that is emptied after
 * each object, and integers are raw text: cJSON's own allocations and doubles cost several times the rest.
 * One object at a time in the whole program, so not for threads. Between json_begin() and json_end()
 * cJSON's hooks are the arena's; outside cJSON is as it always is.
 *
 * Below, a NULL key adds to an array. No function fails: what did not fit in memory is told by json_done() and
 * json_end().
 */
#ifndef SOCKLIFE_JSON_H
#define SOCKLIFE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cjson/cJSON.h>

#define JSON_NUMBER_END (1ull << 53) /* numbers are below it (contract.md) */

cJSON *json_begin(void); /* an empty object */
/* Prints one item of it: *text is valid until the next print, *len without its NUL. 0 or -ENOMEM. */
int json_print(const cJSON *item, const char **text, size_t *len);
int json_done(void); /* frees. 0 or -ENOMEM: something did not fit */
/* Both: *text is valid until the next print. */
int json_end(cJSON *root, const char **text, size_t *len);

cJSON *json_object(cJSON *parent, const char *key);
cJSON *json_array(cJSON *parent, const char *key);
void json_null(cJSON *parent, const char *key);
void json_bool(cJSON *parent, const char *key, int value);
void json_int(cJSON *parent, const char *key, int64_t value);
void json_size(cJSON *parent, const char *key, uint64_t value); /* a string from JSON_NUMBER_END on */
void json_known(cJSON *parent, const char *key, int64_t value); /* null where it is negative: a time, a count */
void json_id(cJSON *parent, const char *key, int64_t id); /* null where it is 0 */
void json_text(cJSON *parent, const char *key, const char *text); /* safe text that outlives the object; NULL: null */
void json_name(cJSON *parent, const char *key, const char *name); /* of names.h; a number where it is one; copied */
void json_bytes(cJSON *parent, const char *key, const void *bytes, size_t len); /* any bytes, escaped */
void json_string(cJSON *parent, const char *key, const char *string); /* the same, to its NUL; NULL: null */
void json_hex(cJSON *parent, const char *key, const void *bytes, size_t len, bool cut); /* cut: ends in ... */

#endif
