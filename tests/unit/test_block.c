/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A data block: what ends up between its tags, plain and compressed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "block.h"
#include "blocks.h"

/* The text in pieces of a few lengths, as one element; free() it. */
static char *block_of(const char *text, size_t len, bool compress)
{
	struct block *b = block_new(compress);
	char *written = NULL;
	size_t size = 0, at, n, k = 0;
	static const size_t pieces[] = { 1, 7, 4096, 0, 70000, 65536 };
	FILE *out = open_memstream(&written, &size);

	block_begin(b, out, "x");
	for (at = 0; at < len; at += n) {
		n = pieces[k++ % 6] < len - at ? pieces[(k - 1) % 6] : len - at;
		block_text(b, text + at, n);
	}
	assert_int_equal(block_end(b), 0);
	block_free(b);
	fclose(out);
	return written;
}

static void an_element_a_line(void **state)
{
	char *text = block_of("{\"a\":1}", 7, false);

	(void)state;
	assert_string_equal(text, "<script type=\"application/json\" class=\"x\">{\"a\":1}</script>\n");
	free(text);
}

static void no_tag_gets_through(void **state)
{
	static const char hostile[] = "[\"</script><script>alert(1)</script><!--\"]";
	char *text = block_of(hostile, sizeof(hostile) - 1, false), *json;

	(void)state;
	assert_null(strchr(strchr(text, '>') + 1, '<')[1] == '/' ? NULL : "a tag");
	json = block_json(text, "x", false);
	assert_string_equal(json, "[\"\\u003c/script>\\u003cscript>alert(1)\\u003c/script>\\u003c!--\"]");
	free(json);
	free(text);
}

static void compressed_is_the_same_text(void **state)
{
	enum { LEN = 300000 };
	char *bytes = malloc(LEN + 1), *plain, *packed, *again, *a, *b;
	unsigned int seed = 3;
	size_t i, len;

	(void)state;
	for (i = 0; i < LEN; i++)
		bytes[i] = (char)(' ' + rand_r(&seed) % 80);
	bytes[LEN] = '\0';
	for (len = 0; len <= LEN; len = len ? 7 * len + len % 3 : 1) {
		plain = block_of(bytes, len, false);
		packed = block_of(bytes, len, true);
		again = block_of(bytes, len, true);
		assert_string_equal(packed, again);
		assert_non_null(
			strstr(packed, "<script type=\"application/gzip\" class=\"x\">H4sIAAAAAAAA")); /* no time */
		a = block_json(plain, "x", false);
		b = block_json(packed, "x", true);
		assert_string_equal(a, b);
		assert_null(strchr(a, '<'));
		free(plain);
		free(packed);
		free(again);
		free(a);
		free(b);
	}
	free(bytes);
}

static void numbers_in_full(void **state)
{
	struct block *b = block_new(false);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	block_begin(b, out, "x");
	block_int(b, 0);
	block_string(b, ",");
	block_int(b, -10);
	block_string(b, ",");
	block_int(b, INT64_MAX);
	block_string(b, ",");
	block_int(b, INT64_MIN);
	assert_int_equal(block_end(b), 0);
	block_free(b);
	fclose(out);
	assert_string_equal(text, "<script type=\"application/json\" class=\"x\">"
				  "0,-10,9223372036854775807,-9223372036854775808</script>\n");
	free(text);
}

static void a_full_disk_is_told_at_the_end(void **state)
{
	struct block *b = block_new(true);
	FILE *out = fopen("/dev/full", "w");

	(void)state;
	setvbuf(out, NULL, _IONBF, 0);
	block_begin(b, out, "x");
	block_string(b, "{}");
	assert_int_equal(block_end(b), -ENOSPC);
	block_free(b);
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_element_a_line),
		cmocka_unit_test(no_tag_gets_through),
		cmocka_unit_test(compressed_is_the_same_text),
		cmocka_unit_test(numbers_in_full),
		cmocka_unit_test(a_full_disk_is_told_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
