/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the json exporter writes, parsed.
 */
#ifndef EXPORT_JSON_H
#define EXPORT_JSON_H

#include <cjson/cJSON.h>

#include "export_objects.h"

static inline cJSON *document(const struct told *told)
{
	char *text = export_text(&export_json, told);
	cJSON *doc;

	assert_non_null(text);
	doc = cJSON_ParseWithOpts(text, NULL, 1);
	assert_non_null(doc);
	free(text);
	return doc;
}

static inline cJSON *get(const cJSON *object, const char *key)
{
	cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);

	assert_non_null(item);
	return item;
}

/* The one object of an array of the document, printed; free() it. */
static inline char *only(const struct told *told, const char *array)
{
	cJSON *doc = document(told);
	char *text;

	assert_int_equal(cJSON_GetArraySize(get(doc, array)), 1);
	text = cJSON_PrintUnformatted(cJSON_GetArrayItem(get(doc, array), 0));
	cJSON_Delete(doc);
	return text;
}

#endif
