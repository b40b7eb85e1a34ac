/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the one way in which a program's bytes become text. Knows no format that text goes into.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "text.h"

#define ESCAPED 4 /* \xNN */

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

/* The well-formed sequences (Unicode, table 3-7): what may follow the first byte differs for five of them. */
static size_t sequence_len(const unsigned char *s, size_t len)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t need, i;

	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		need = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		need = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (len < need)
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed) /* surrogates */
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (i = 2; i < need; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return need;
}

static uint32_t code_point(const unsigned char *s, size_t len)
{
	uint32_t code = s[0] & (0xff >> (len + 1));
	size_t i;

	for (i = 1; i < len; i++)
		code = code << 6 | (s[i] & 0x3f);
	return code;
}

static bool is_hostile(uint32_t code)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x80, 0x9f }, { 0x61c, 0x61c }, { 0x200e, 0x200f }, { 0x202a, 0x202e }, { 0x2066, 0x2069 },
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

static size_t escape_byte(unsigned char c, char *out)
{
	static const char digits[] = "0123456789abcdef";

	if (c == '\\') {
		memcpy(out, "\\\\", 2);
		return 2;
	}
	out[0] = '\\';
	out[1] = 'x';
	out[2] = digits[c >> 4];
	out[3] = digits[c & 15];
	return ESCAPED;
}

/* One character of len bytes (1 where it is not UTF-8) into out; returns what it took there. */
static size_t escape_char(const unsigned char *s, size_t len, bool keep, char *out)
{
	size_t i, n = 0;

	if (keep) {
		memcpy(out, s, len);
		return len;
	}
	for (i = 0; i < len; i++)
		n += escape_byte(s[i], out + n);
	return n;
}

size_t text_escape(const void *bytes, size_t len, char *out, size_t size)
{
	const unsigned char *s = bytes, *end = s + len;
	char one[4 * ESCAPED];
	size_t n = 0, take, wide;
	bool keep;

	if (!size)
		return 0;
	while (s < end) {
		if (is_plain(*s)) {
			if (n + 1 >= size)
				break;
			out[n++] = (char)*s++;
			continue;
		}
		take = sequence_len(s, (size_t)(end - s));
		keep = take && !is_hostile(code_point(s, take));
		take = take ? take : 1;
		wide = escape_char(s, take, keep, one);
		if (n + wide >= size)
			break;
		memcpy(out + n, one, wide);
		n += wide;
		s += take;
	}
	out[n] = '\0';
	return n;
}
