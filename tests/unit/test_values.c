/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values: each text once, in the order of their first use, written once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "blocks.h"
#include "values.h"

static int64_t add(struct values *v, const char *text)
{
	return values_add(v, text, strlen(text));
}

static void assert_written(struct values *v, const char *want)
{
	struct block *b = block_new(false);
	char *text = NULL, *json;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	block_begin(b, out, "x");
	values_write(v, b);
	assert_int_equal(block_end(b), 0);
	fclose(out);
	json = block_json(text, "x", false);
	assert_string_equal(json, want);
	free(json);
	free(text);
	block_free(b);
}

static void places_are_in_order_of_first_use(void **state)
{
	struct values *v = values_new();
	size_t len;

	(void)state;
	assert_int_equal(add(v, "\"a\""), 0);
	assert_int_equal(add(v, "{}"), 1);
	assert_int_equal(add(v, "\"a\""), 0);
	assert_int_equal(values_add(v, "12345", 2), 2);
	assert_int_equal(add(v, "12"), 2);
	assert_memory_equal(values_text(v, 2, &len), "12", 2);
	assert_int_equal(len, 2);
	values_free(v);
}

static void each_is_written_once(void **state)
{
	struct values *v = values_new();

	(void)state;
	assert_written(v, "");
	add(v, "\"a\"");
	add(v, "{}");
	assert_written(v, "\"a\",{}");
	assert_written(v, "");
	add(v, "{}");
	add(v, "3");
	assert_written(v, "3");
	values_free(v);
}

static void many_and_long_ones(void **state)
{
	enum { COUNT = 50000, LONG = 4096 };
	struct values *v = values_new();
	char text[LONG];
	size_t len, i;

	(void)state;
	for (i = 0; i < 2 * COUNT; i++) {
		len = (size_t)snprintf(text, sizeof(text), "%zu", i % COUNT);
		assert_int_equal(values_add(v, text, len), i % COUNT);
	}
	memset(text, 'x', sizeof(text));
	assert_int_equal(values_add(v, text, LONG), COUNT);
	assert_int_equal(values_add(v, text, LONG - 1), COUNT + 1);
	assert_int_equal(values_add(v, text, LONG), COUNT);
	assert_memory_equal(values_text(v, COUNT, &len), text, LONG);
	assert_int_equal(len, LONG);
	values_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_are_in_order_of_first_use),
		cmocka_unit_test(each_is_written_once),
		cmocka_unit_test(many_and_long_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
