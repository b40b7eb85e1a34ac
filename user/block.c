/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the way from JSON to the file: a buffer, and with compression zlib's state and base64. Knows no field.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "block.h"

#define BUFFER 65536
#define LEVEL 6
#define GZIP 16 /* deflateInit2: added to the bits of the window */

struct block {
	FILE *out;
	bool compress;
	int err;
	size_t count; /* bytes in text */
	size_t packed_count;
	z_stream z;
	char text[BUFFER]; /* JSON that is to be written */
	unsigned char packed[BUFFER]; /* gzip that is to be base64 */
};

struct block *block_new(bool compress)
{
	struct block *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->compress = compress;
	if (compress && deflateInit2(&b->z, LEVEL, Z_DEFLATED, MAX_WBITS + GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
		free(b);
		return NULL;
	}
	return b;
}

static void put(struct block *b, const char *bytes, size_t len)
{
	if (!b->err && fwrite_unlocked(bytes, 1, len, b->out) != len)
		b->err = -errno;
}

/* Up to three bytes. */
static void put_base64(struct block *b, const unsigned char *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = (uint32_t)bytes[0] << 16 | (len > 1 ? bytes[1] << 8 : 0) | (len > 2 ? bytes[2] : 0);
	char four[4] = {
		digits[bits >> 18],
		digits[bits >> 12 & 63],
		len > 1 ? digits[bits >> 6 & 63] : '=',
		len > 2 ? digits[bits & 63] : '=',
	};

	put(b, four, sizeof(four));
}

/* What zlib has given so far, but for a rest of less than three bytes; the whole of it at the end. */
static void put_packed(struct block *b, bool last)
{
	size_t done = 0;

	for (; b->packed_count - done >= 3; done += 3)
		put_base64(b, b->packed + done, 3);
	b->packed_count -= done;
	memmove(b->packed, b->packed + done, b->packed_count);
	if (last && b->packed_count)
		put_base64(b, b->packed, b->packed_count);
}

static void flush_packed(struct block *b, bool last)
{
	b->z.next_in = (unsigned char *)b->text;
	b->z.avail_in = (uInt)b->count;
	do {
		b->z.next_out = b->packed + b->packed_count;
		b->z.avail_out = (uInt)(sizeof(b->packed) - b->packed_count);
		deflate(&b->z, last ? Z_FINISH : Z_NO_FLUSH);
		b->packed_count = sizeof(b->packed) - b->z.avail_out;
		put_packed(b, false);
	} while (!b->z.avail_out);
	if (last)
		put_packed(b, true);
}

static void flush(struct block *b, bool last)
{
	if (b->compress)
		flush_packed(b, last);
	else
		put(b, b->text, b->count);
	b->count = 0;
}

static void add(struct block *b, const char *text, size_t len)
{
	size_t n;

	for (; len; text += n, len -= n) {
		if (b->count == sizeof(b->text))
			flush(b, false);
		n = sizeof(b->text) - b->count < len ? sizeof(b->text) - b->count : len;
		memcpy(b->text + b->count, text, n);
		b->count += n;
	}
}

void block_begin(struct block *b, FILE *out, const char *name)
{
	char tag[64];
	int len = snprintf(tag, sizeof(tag), "<script type=\"application/%s\" class=\"%s\">",
			   b->compress ? "gzip" : "json", name);

	b->out = out;
	b->err = 0;
	b->count = b->packed_count = 0;
	if (b->compress)
		deflateReset(&b->z);
	put(b, tag, (size_t)len);
}

void block_text(struct block *b, const char *text, size_t len)
{
	const char *end = text + len, *less;

	while ((less = memchr(text, '<', (size_t)(end - text)))) {
		add(b, text, (size_t)(less - text));
		add(b, "\\u003c", 6);
		text = less + 1;
	}
	add(b, text, (size_t)(end - text));
}

void block_string(struct block *b, const char *text)
{
	block_text(b, text, strlen(text));
}

void block_int(struct block *b, int64_t value)
{
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
	char digits[24], *p = digits + sizeof(digits);

	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		*--p = '-';
	add(b, p, (size_t)(digits + sizeof(digits) - p));
}

int block_end(struct block *b)
{
	flush(b, true);
	put(b, "</script>\n", 10);
	return b->err;
}

void block_free(struct block *b)
{
	if (!b)
		return;
	if (b->compress)
		deflateEnd(&b->z);
	free(b);
}
