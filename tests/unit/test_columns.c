/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Objects as columns: each coding where it is the shortest, and always the way back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "export_html.h"

/* clang-format off */
static const struct column columns[] = {
	INT(n), VALUE(v), VALUE(w), INT(f, .after = "v"), VALUE(g, .after = "w"), INT(h, .like = "n", .after = "v"),
	INT(m, .like = "n"), { 0 },
};
/* clang-format on */

static struct values *values, *texts;
static struct columns *table;

static int setup(void **state)
{
	(void)state;
	values = values_new();
	texts = values_new();
	table = columns_new(columns, values, texts);
	return !table;
}

static int teardown(void **state)
{
	(void)state;
	columns_free(table);
	values_free(values);
	values_free(texts);
	return 0;
}

static void add_number(int64_t n)
{
	cJSON *o = json_begin();

	json_int(o, "n", n);
	assert_int_equal(columns_add(table, o), 0);
	assert_int_equal(json_done(), 0);
}

/* {"values":[...],"rows":N,"columns":{...}}; free() it. */
static char *written(void)
{
	struct block *b = block_new(false);
	char *text = NULL, *json;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	block_begin(b, out, "x");
	block_string(b, "{\"values\":[");
	values_write(values, b);
	block_string(b, "],");
	columns_write(table, b);
	block_string(b, "}");
	assert_int_equal(block_end(b), 0);
	fclose(out);
	json = block_json(text, "x", false);
	free(text);
	block_free(b);
	return json;
}

static void assert_column(const char *name, const char *want)
{
	char *text = written(), key[16], *got;

	snprintf(key, sizeof(key), "\"%s\":{", name);
	got = strstr(text, key) + strlen(key) - 1;
	strchr(got, '}')[1] = '\0';
	assert_string_equal(got, want);
	free(text);
}

static void no_rows(void **state)
{
	char *text = written();

	(void)state;
	assert_string_equal(text, "{\"values\":[],\"rows\":0,\"columns\":{\"n\":{\"of\":\"int\",\"each\":[]},"
				  "\"v\":{\"of\":\"value\",\"each\":[]},\"w\":{\"of\":\"value\",\"each\":[]},"
				  "\"f\":{\"of\":\"int\",\"each\":[]},\"g\":{\"of\":\"value\",\"each\":[]},"
				  "\"h\":{\"of\":\"int\",\"each\":[]},\"m\":{\"of\":\"int\",\"each\":[]}}}");
	free(text);
}

static void few_rows_are_written_each(void **state)
{
	(void)state;
	add_number(5);
	add_number(-70);
	add_number(5);
	assert_column("n", "{\"of\":\"int\",\"each\":[5,-70,5]}");
	assert_column("v", "{\"of\":\"value\",\"each\":[false,false,false]}");
}

static void what_most_rows_have_is_written_once(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		add_number(i == 30 || i == 77 ? i : 1000);
	assert_column("n", "{\"of\":\"int\",\"most\":1000,\"at\":[30,47],\"is\":[30,77]}");
	assert_column("v", "{\"of\":\"value\",\"most\":false,\"at\":[],\"is\":[]}");
}

static void a_row_of_numbers_that_grow_is_steps(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 20; i++)
		add_number(1000000 + i * (i + 10));
	assert_column(
		"n", "{\"of\":\"int\",\"steps\":true,\"each\":[1000000,11,13,15,17,19,21,23,25,27,29,31,33,35,37,39,41,"
		     "43,45,47]}");
}

static void ids_are_steps_of_one(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 100; i++)
		add_number(i + 17 + (i >= 50));
	assert_column("n", "{\"of\":\"int\",\"steps\":true,\"most\":1,\"at\":[0,50],\"is\":[17,2]}");
}

/* The differences of these are not exact in a double. */
static void steps_stay_below_2_to_the_53(void **state)
{
	char *text;
	int i;

	(void)state;
	for (i = 0; i < 40; i++)
		add_number((1ll << 53) - 100 + i);
	text = written();
	assert_non_null(strstr(text, "steps"));
	free(text);
	add_number(-100);
	text = written();
	assert_null(strstr(text, "steps"));
	free(text);
}

static void like_another_column(void **state)
{
	cJSON *o;
	int i;

	(void)state;
	for (i = 0; i < 100; i++) {
		o = json_begin();
		json_int(o, "n", i * i * 7919 % 10007);
		if (i != 50)
			json_int(o, "m", i * i * 7919 % 10007);
		assert_int_equal(columns_add(table, o), 0);
		assert_int_equal(json_done(), 0);
	}
	assert_column("m", "{\"of\":\"int\",\"like\":\"n\",\"at\":[50],\"is\":[false]}");
}

/* f, and g, follow v, and w, which are three values, null and absent by turns but in disorder; f but from row 200 on. */
static void add_follower(int row)
{
	static const int order[] = { 0, 1, 2, 3, 4, 2, 0, 4, 1, 3, 3 };
	int i = order[row % 11];
	cJSON *o = json_begin();

	if (i < 3)
		json_int(o, "v", 10 * i);
	else if (i == 3)
		json_null(o, "v");
	json_int(o, "w", row % 7);
	if (i != 1)
		json_int(o, "f", (row < 200 || i != 4 ? 100 : 200) + i);
	json_int(o, "g", 1000 + row % 7);
	json_int(o, "h", 7 * i);
	assert_int_equal(columns_add(table, o), 0);
	assert_int_equal(json_done(), 0);
}

/* Without an exception where it is absent from the first row on with a value. */
static void after_a_column_of_values(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 300; i++)
		add_follower(i);
	assert_column("f", "{\"of\":\"int\",\"after\":\"v\",\"at\":[0,2,1,1,198],\"is\":[100,102,103,104,204]}");
	assert_column("g", "{\"of\":\"value\",\"after\":\"w\",\"at\":[0,1,1,1,1,1,1],\"is\":[1,4,7,9,11,13,15]}");
	assert_column("h", "{\"of\":\"int\",\"after\":\"v\",\"at\":[0,1,1,1,1],\"is\":[0,7,14,21,28]}");
}

/* 8 of them: 40 bytes to 43, 9: 44. */
static void after_is_written_once_it_is_the_shortest(void **state)
{
	static const int cells[] = { 100, 900, 300 };
	cJSON *o;
	int i;

	(void)state;
	for (i = 0; i < 9; i++) {
		if (i == 8)
			assert_column("f", "{\"of\":\"int\",\"each\":[100,900,300,100,900,300,100,900]}");
		o = json_begin();
		json_int(o, "v", i % 3);
		json_int(o, "f", cells[i % 3]);
		assert_int_equal(columns_add(table, o), 0);
		assert_int_equal(json_done(), 0);
	}
	assert_column("f", "{\"of\":\"int\",\"after\":\"v\",\"at\":[0,1,1],\"is\":[100,900,300]}");
}

static void null_is_not_absent(void **state)
{
	cJSON *o = json_begin();

	(void)state;
	json_null(o, "n");
	json_null(o, "v");
	assert_int_equal(columns_add(table, o), 0);
	assert_int_equal(json_done(), 0);
	assert_column("n", "{\"of\":\"int\",\"each\":[null]}");
	assert_column("v", "{\"of\":\"value\",\"each\":[null]}");
	assert_column("m", "{\"of\":\"int\",\"each\":[false]}");
}

static void a_key_without_a_column_is_an_error(void **state)
{
	cJSON *o = json_begin();
	int err;

	(void)state;
	json_int(o, "n", 1);
	json_int(o, "new", 1);
	err = columns_add(table, o);
	assert_int_equal(json_done(), 0);
	assert_int_equal(err, -EINVAL);
	assert_int_equal(columns_rows(table), 0);
}

static void a_number_that_is_none_is_an_error(void **state)
{
	cJSON *o = json_begin();
	int err;

	(void)state;
	json_bool(o, "n", true);
	err = columns_add(table, o);
	assert_int_equal(json_done(), 0);
	assert_int_equal(err, -EINVAL);
}

static void rows_are_sorted_by_the_first_column(void **state)
{
	static const int64_t keys[] = { 7, -3, 7, 0, -3 };
	cJSON *o;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		o = json_begin();
		json_int(o, "m", i); /* keys may come in any order */
		json_int(o, "n", keys[i]);
		assert_int_equal(columns_add(table, o), 0);
		assert_int_equal(json_done(), 0);
	}
	assert_int_equal(columns_sort(table), 0);
	assert_column("n", "{\"of\":\"int\",\"each\":[-3,-3,0,7,7]}");
	assert_column("m", "{\"of\":\"int\",\"each\":[1,4,3,0,2]}");
}

#define PROFILES 7

/* A number as a column of one sort or another has them. */
static int64_t number_in(int profile, int row, unsigned int *seed)
{
	switch (profile) {
	case 0:
		return 3;
	case 1:
		return rand_r(seed) % 3;
	case 2:
		return (int64_t)row * 1000000 + rand_r(seed) % 1000;
	case 3:
		return rand_r(seed) % 10 ? -1 : rand_r(seed);
	case 4:
		return (1ll << 53) - 1 - rand_r(seed) % 3;
	case 5: /* more than are counted */
		return row % 3 ? row : 123456;
	default:
		return rand_r(seed) % 2 ? 1 - (1ll << 53) : (1ll << 53) - 1;
	}
}

/* The object of a row, in both hands: what goes in and what has to come out. */
static void add_any(cJSON *o, int row, int profile, unsigned int *seed)
{
	int64_t n = number_in(profile, row, seed);

	if (rand_r(seed) % 50)
		json_int(o, "n", n);
	else if (rand_r(seed) % 2)
		json_null(o, "n");
	if (rand_r(seed) % 9)
		json_int(o, "v", n % 100);
	else
		json_int(json_object(o, "v"), "n", rand_r(seed) % 5);
	if (rand_r(seed) % 4)
		json_int(o, "w", rand_r(seed));
	if (rand_r(seed) % 8)
		json_int(o, "m", n);
	else
		json_text(o, "m", rand_r(seed) % 2 ? "a < \"b\"" : "c");
	if (n % 100 > 50)
		json_int(o, "f", rand_r(seed) % 20 ? n % 100 : row);
	else if (n % 100 > 40)
		json_text(o, "f", "d");
	json_int(o, "g", n % 2);
	json_int(o, "h", rand_r(seed) % 5 ? n % 100 : n);
}

static void whatever_goes_in_comes_out(void **state)
{
	enum { ROWS = 2000 };
	struct value_list list = { 0 };
	cJSON *doc, *o;
	struct rows r;
	unsigned int seed = 1;
	char *want[ROWS], *text;
	const char *json;
	size_t len;
	int profile, i, rows;

	(void)state;
	for (profile = 0; profile < 3 * PROFILES; profile++) {
		rows = profile < 2 * PROFILES ? ROWS : 1 + profile % 7;
		columns_clear(table);
		for (i = 0; i < rows; i++) {
			o = json_begin();
			add_any(o, i, profile % PROFILES, &seed);
			assert_int_equal(columns_add(table, o), 0);
			assert_int_equal(json_end(o, &json, &len), 0);
			want[i] = strdup(json);
		}
		text = written();
		doc = cJSON_Parse(text);
		values_take(&list, doc);
		rows_decode(&r, doc);
		assert_int_equal(r.count, rows);
		for (i = 0; i < rows; i++) {
			assert_same_object(cJSON_Parse(want[i]), row_object(&r, (size_t)i, &list, NULL));
			free(want[i]);
		}
		rows_free(&r);
		cJSON_Delete(doc);
		free(text);
	}
	values_drop(&list);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_rows),
		TEST(few_rows_are_written_each),
		TEST(what_most_rows_have_is_written_once),
		TEST(a_row_of_numbers_that_grow_is_steps),
		TEST(ids_are_steps_of_one),
		TEST(steps_stay_below_2_to_the_53),
		TEST(like_another_column),
		TEST(after_a_column_of_values),
		TEST(after_is_written_once_it_is_the_shortest),
		TEST(null_is_not_absent),
		TEST(a_key_without_a_column_is_an_error),
		TEST(a_number_that_is_none_is_an_error),
		TEST(rows_are_sorted_by_the_first_column),
		TEST(whatever_goes_in_comes_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
