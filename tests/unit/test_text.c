/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Any bytes to safe text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

static void assert_escaped(const char *bytes, size_t len, const char *want)
{
	char out[256];

	assert_int_equal(text_escape(bytes, len, out, sizeof(out)), strlen(want));
	assert_string_equal(out, want);
}

#define ESCAPED(literal, want) assert_escaped(literal, sizeof(literal) - 1, want)

static void plain_text_stays(void **state)
{
	(void)state;
	ESCAPED("", "");
	ESCAPED("GET /index.html \"~\"", "GET /index.html \"~\"");
	ESCAPED("</script>", "</script>");
}

static void utf8_stays(void **state)
{
	(void)state;
	ESCAPED("\u00e9\u20ac\U0001f600", "\u00e9\u20ac\U0001f600");
	ESCAPED("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"); /* U+10FFFF */
	ESCAPED("\xc2\xa0", "\xc2\xa0"); /* the first after C1 */
}

static void backslash_is_doubled(void **state)
{
	(void)state;
	ESCAPED("a\\x00", "a\\\\x00");
}

static void controls_become_hex(void **state)
{
	(void)state;
	ESCAPED("\0\n\x1f\x7f", "\\x00\\x0a\\x1f\\x7f");
	ESCAPED("\xc2\x80 \xc2\x9f", "\\xc2\\x80 \\xc2\\x9f"); /* C1 */
}

static void bidi_controls_become_hex(void **state)
{
	(void)state;
	ESCAPED("\u061c", "\\xd8\\x9c");
	ESCAPED("\u200e\u200f", "\\xe2\\x80\\x8e\\xe2\\x80\\x8f");
	ESCAPED("\u202a\u202e", "\\xe2\\x80\\xaa\\xe2\\x80\\xae");
	ESCAPED("\u2066\u2069", "\\xe2\\x81\\xa6\\xe2\\x81\\xa9");
	ESCAPED("\u200d\u2010\u2029\u202f\u2065\u206a", "\u200d\u2010\u2029\u202f\u2065\u206a");
}

static void bytes_that_are_not_utf8_become_hex(void **state)
{
	(void)state;
	ESCAPED("a\x80z", "a\\x80z");
	ESCAPED("\xc0\xaf", "\\xc0\\xaf"); /* overlong */
	ESCAPED("\xe0\x80\x80", "\\xe0\\x80\\x80");
	ESCAPED("\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf");
	ESCAPED("\xed\xa0\x80", "\\xed\\xa0\\x80"); /* a surrogate */
	ESCAPED("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
	ESCAPED("\xff\xfe", "\\xff\\xfe");
}

static void sequence_cut_by_the_end_becomes_hex(void **state)
{
	(void)state;
	ESCAPED("\xe2\x82", "\\xe2\\x82");
	ESCAPED("\xe2\x82"
		"A",
		"\\xe2\\x82A");
}

static void only_whole_characters_are_written(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(text_escape("abc\n", 4, out, 7), 3); /* \x0a needs four more, and the NUL */
	assert_string_equal(out, "abc");
	assert_int_equal(text_escape("abc\n", 4, out, 8), 7);
	assert_int_equal(text_escape("ab\u20ac", 5, out, 5), 2);
	assert_string_equal(out, "ab");
	out[0] = 'x';
	assert_int_equal(text_escape("abc", 3, out, 0), 0);
	assert_int_equal(out[0], 'x');
}

/* Of every two bytes: what comes out has no byte that the contract forbids, and is as long as is said. */
static void no_pair_of_bytes_gets_through(void **state)
{
	unsigned char in[2];
	char out[TEXT_ROOM(2)];
	size_t len, i;
	int pair;

	(void)state;
	for (pair = 0; pair < 65536; pair++) {
		in[0] = (unsigned char)(pair >> 8);
		in[1] = (unsigned char)pair;
		len = text_escape(in, 2, out, sizeof(out));
		assert_int_equal(len, strlen(out));
		for (i = 0; i < len; i++)
			assert_true((unsigned char)out[i] >= 0x20 && (unsigned char)out[i] != 0x7f);
		if ((unsigned char)out[0] >= 0x80)
			assert_true(len == 2 && in[0] >= 0xc2 && in[0] <= 0xdf && in[1] >= 0x80 && in[1] <= 0xbf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(utf8_stays),
		cmocka_unit_test(backslash_is_doubled),
		cmocka_unit_test(controls_become_hex),
		cmocka_unit_test(bidi_controls_become_hex),
		cmocka_unit_test(bytes_that_are_not_utf8_become_hex),
		cmocka_unit_test(sequence_cut_by_the_end_becomes_hex),
		cmocka_unit_test(only_whole_characters_are_written),
		cmocka_unit_test(no_pair_of_bytes_gets_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
