/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options by rows: what is read, what is refused, what is left to the caller.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "options.h"

struct into {
	bool quiet, verbose;
	const char *output;
	struct number_list pids;
	struct string_list names;
	uint64_t size, time, count;
};

#define AT(member) offsetof(struct into, member)

static const struct option_row rows[] = {
	{ "quiet", 'q', OPTION_FLAG, NULL, "less", AT(quiet) },
	{ "verbose", 'v', OPTION_FLAG, NULL, "more", AT(verbose) },
	{ "output", 'o', OPTION_STRING, "FILE", "where", AT(output) },
	{ "pid", 'p', OPTION_NUMBERS, "PID", "who", AT(pids) },
	{ "name", 'n', OPTION_STRINGS, "NAME", "which", AT(names) },
	{ "buffer", 'b', OPTION_SIZE, "SIZE", "how much", AT(size) },
	{ "duration", 0, OPTION_SECONDS, "S", "how long", AT(time) },
	{ "count", 'c', OPTION_COUNT, "N", "how many", AT(count) },
	{ 0 },
};

static const struct command_help help = { .name = "test", .usage = "FILE", .about = "-", .max = 9 };
static const struct command_help stopping = { .name = "test", .usage = "FILE", .about = "-", .max = 9, .stop = true };

#define WORDS 16

struct line { /* a command line and what became of it */
	char *argv[WORDS];
	int argc, first;
	struct into into;
};

/* The messages are not what is tested here. */
static void parse(struct line *l, const struct command_help *h, const char *const *words)
{
	int err = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	memset(l, 0, sizeof(*l));
	l->argv[l->argc++] = (char *)"test";
	while (*words)
		l->argv[l->argc++] = (char *)*words++;
	dup2(null, STDERR_FILENO);
	l->first = options_parse(rows, h, &l->into, l->argc, l->argv);
	dup2(err, STDERR_FILENO);
	close(null);
	close(err);
}

#define PARSE(l, h, ...) parse(l, h, (const char *const[]){ __VA_ARGS__, NULL })

static void long_and_short_spellings_are_one(void **state)
{
	static const char *const lines[][3] = {
		{ "--output=x" }, { "--output", "x" }, { "-o", "x" }, { "-ox" }, { "-qo", "x" }, { "-qox" },
	};
	struct line l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		parse(&l, &help, lines[i]);
		assert_int_equal(l.first, l.argc);
		assert_string_equal(l.into.output, "x");
	}
}

static void flags_share_a_dash(void **state)
{
	struct line l;

	(void)state;
	PARSE(&l, &help, "-qv");
	assert_true(l.into.quiet && l.into.verbose);
}

static void numbers_repeat(void **state)
{
	struct line l;

	(void)state;
	PARSE(&l, &help, "-p", "1", "--pid=22", "-p333");
	assert_int_equal(l.into.pids.count, 3);
	assert_int_equal(l.into.pids.items[0], 1);
	assert_int_equal(l.into.pids.items[1], 22);
	assert_int_equal(l.into.pids.items[2], 333);
	free(l.into.pids.items);
}

static void strings_repeat(void **state)
{
	struct line l;

	(void)state;
	PARSE(&l, &help, "-n", "one", "x", "--name=", "-ntwo");
	assert_int_equal(l.into.names.count, 3);
	assert_string_equal(l.into.names.items[0], "one");
	assert_string_equal(l.into.names.items[1], "");
	assert_string_equal(l.into.names.items[2], "two");
	free(l.into.names.items);
}

static void a_count_is_a_number_above_0(void **state)
{
	static const char *const bad[] = { "", "0", "-1", "1K", "x", "2147483648", " " };
	struct line l;

	(void)state;
	PARSE(&l, &help, "-c", "2147483647");
	assert_int_equal(l.into.count, 2147483647);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		PARSE(&l, &help, "-c", bad[i]);
		assert_int_equal(l.first, OPTIONS_WRONG);
	}
}

static void sizes_have_units(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} sizes[] = { { "1", 1 },     { "4096", 4096 },  { "2K", 2048 },
		      { "2k", 2048 }, { "8M", 8 << 20 }, { "3G", 3ull << 30 } };
	struct line l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		PARSE(&l, &help, "-b", sizes[i].text);
		assert_true(l.into.size == sizes[i].bytes);
	}
}

static void seconds_have_fractions(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} times[] = { { "1", 1000000000 },
		      { "0.5", 500000000 },
		      { ".25", 250000000 },
		      { "2.", 2000000000 },
		      { "0.0000000019", 1 } };
	struct line l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(times) / sizeof(*times); i++) {
		PARSE(&l, &help, "--duration", times[i].text);
		assert_true(l.into.time == times[i].ns);
	}
}

static void wrong_lines_are_refused(void **state)
{
	static const char *const lines[][4] = {
		{ "--nope" },
		{ "-x" },
		{ "--quiet=1" },
		{ "-o" },
		{ "--output" },
		{ "-p", "0" },
		{ "-p", "-1" },
		{ "-p", "1x" },
		{ "-p", "" },
		{ "-p", "2147483648" },
		{ "-b", "0" },
		{ "-b", "-1" },
		{ "-b", "1T" },
		{ "-b", "1KK" },
		{ "-b", "K" },
		{ "-b", "99999999999G" },
		{ "-b", "1 " },
		{ "--duration", "0" },
		{ "--duration", "-1" },
		{ "--duration", "1e3" },
		{ "--duration", "." },
		{ "--duration", "99999999999" },
		{ "-p", "1", "--nope" },
		{ "-n", "1", "--nope" },
		{ "-n", "1", "-n" },
		{ "--outpu", "x" },
		{ "---" },
	};
	struct line l;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		parse(&l, &help, lines[i]);
		assert_int_equal(l.first, OPTIONS_WRONG);
		assert_null(l.into.pids.items);
		assert_null(l.into.names.items);
	}
	assert_int_equal(options_status(OPTIONS_WRONG), 2);
}

static void operands_may_stand_between_options(void **state)
{
	struct line l;

	(void)state;
	PARSE(&l, &help, "one", "-q", "two", "-o", "out", "-", "-v", "three");
	assert_int_equal(l.argc - l.first, 4);
	assert_string_equal(l.argv[l.first], "one");
	assert_string_equal(l.argv[l.first + 1], "two");
	assert_string_equal(l.argv[l.first + 2], "-");
	assert_string_equal(l.argv[l.first + 3], "three");
	assert_true(l.into.quiet && l.into.verbose);
	assert_string_equal(l.into.output, "out");
}

static void two_dashes_end_the_options(void **state)
{
	struct line l;

	(void)state;
	PARSE(&l, &help, "one", "-q", "--", "-v", "--");
	assert_int_equal(l.argc - l.first, 3);
	assert_string_equal(l.argv[l.first], "one");
	assert_string_equal(l.argv[l.first + 1], "-v");
	assert_string_equal(l.argv[l.first + 2], "--");
	assert_false(l.into.verbose);
}

static void a_command_keeps_its_own_options(void **state)
{
	static const char *const lines[][5] = { { "-q", "cmd", "-v", "-x" }, { "-q", "--", "cmd", "-v", "-x" } };
	struct line l;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		const char *words[6] = { 0 };

		memcpy(words, lines[i], sizeof(lines[i]));
		parse(&l, &stopping, words);
		assert_int_equal(l.argc - l.first, 3);
		assert_string_equal(l.argv[l.first], "cmd");
		assert_string_equal(l.argv[l.first + 1], "-v");
		assert_false(l.into.verbose);
	}
}

static void operands_are_counted(void **state)
{
	static const struct command_help one = { .name = "test", .usage = "FILE", .about = "-", .min = 1, .max = 1 };
	struct line l;

	(void)state;
	PARSE(&l, &one, "-q");
	assert_int_equal(l.first, OPTIONS_WRONG);
	PARSE(&l, &one, "a", "b");
	assert_int_equal(l.first, OPTIONS_WRONG);
	PARSE(&l, &one, "a");
	assert_int_equal(l.first, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(long_and_short_spellings_are_one),
		cmocka_unit_test(flags_share_a_dash),
		cmocka_unit_test(numbers_repeat),
		cmocka_unit_test(strings_repeat),
		cmocka_unit_test(a_count_is_a_number_above_0),
		cmocka_unit_test(sizes_have_units),
		cmocka_unit_test(seconds_have_fractions),
		cmocka_unit_test(wrong_lines_are_refused),
		cmocka_unit_test(operands_may_stand_between_options),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(a_command_keeps_its_own_options),
		cmocka_unit_test(operands_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
