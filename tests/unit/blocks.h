/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The data blocks of a page read back to the JSON in them.
 */
#ifndef BLOCKS_H
#define BLOCKS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* gzip in base64, unpacked; free() it. */
static inline char *unpack(const char *text, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t i, n = 0, room = 1 << 16;
	unsigned char *bytes = malloc(len + 1);
	z_stream z = { 0 };
	unsigned int bits = 0;
	char *plain = malloc(room);
	int ret;

	assert_int_equal(len % 4, 0);
	for (i = 0; i < len && text[i] != '='; i++) {
		assert_non_null(strchr(digits, text[i]));
		bits = bits << 6 | (unsigned int)(strchr(digits, text[i]) - digits);
		if (i % 4)
			bytes[n++] = (unsigned char)(bits >> (6 - i % 4 * 2));
	}
	assert_true(len - i <= 2);
	assert_int_equal(inflateInit2(&z, MAX_WBITS + 16), Z_OK);
	z.next_in = bytes;
	z.avail_in = (uInt)n;
	do {
		plain = realloc(plain, room *= 2);
		z.next_out = (unsigned char *)plain + z.total_out;
		z.avail_out = (uInt)(room - z.total_out - 1);
		ret = inflate(&z, Z_NO_FLUSH);
	} while (ret == Z_OK);
	assert_int_equal(ret, Z_STREAM_END);
	assert_int_equal(z.avail_in, 0);
	plain[z.total_out] = '\0';
	inflateEnd(&z);
	free(bytes);
	return plain;
}

/* What stands in the element that *text begins with, which is left behind; NULL: it is of another class. free() it. */
static inline char *block_next(const char **text, const char *name, bool compressed)
{
	const char *body, *end;
	char tag[64], *json;

	snprintf(tag, sizeof(tag), "<script type=\"application/%s\" class=\"%s\">", compressed ? "gzip" : "json", name);
	if (strncmp(*text, tag, strlen(tag)) != 0)
		return NULL;
	body = *text + strlen(tag);
	end = strchr(body, '<');
	assert_int_equal(strncmp(end, "</script>\n", 10), 0);
	json = compressed ? unpack(body, (size_t)(end - body)) : strndup(body, (size_t)(end - body));
	assert_null(strchr(json, '<'));
	*text = end + 10;
	return json;
}

/* Of a text that is one element. */
static inline char *block_json(const char *text, const char *name, bool compressed)
{
	char *json = block_next(&text, name, compressed);

	assert_non_null(json);
	assert_string_equal(text, "");
	return json;
}

#endif
