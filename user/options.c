/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the reading of a command line by rows (options.h), and the help text made from them. Knows no command.
 */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "options.h"
#include "version.h"

#define NS 1000000000ull

/* 0: it is none from 1 to INT_MAX. */
static int number(const char *text)
{
	char *end;
	long n;

	errno = 0;
	n = strtol(text, &end, 10);
	return errno || end == text || *end || n < 1 || n > INT_MAX ? 0 : (int)n;
}

static int read_count(const char *text, void *field)
{
	int n = number(text);

	*(uint64_t *)field = (uint64_t)n;
	return n ? 0 : -EINVAL;
}

static int read_number(const char *text, void *field)
{
	struct number_list *list = field;
	int *items, n = number(text);

	if (!n)
		return -EINVAL;
	items = reallocarray(list->items, list->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	list->items = items;
	items[list->count++] = n;
	return 0;
}

static int read_size(const char *text, void *field)
{
	static const char units[] = "KMG";
	const char *unit;
	unsigned long long n;
	unsigned int shift = 0;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || end == text || *text == '-')
		return -EINVAL;
	if (*end) {
		unit = strchr(units, *end >= 'a' ? *end - 'a' + 'A' : *end);
		if (!unit || end[1])
			return -EINVAL;
		shift = 10 * (unsigned int)(unit - units + 1);
	}
	if (!n || n > UINT64_MAX >> shift)
		return -EINVAL;
	*(uint64_t *)field = (uint64_t)n << shift;
	return 0;
}

static int read_seconds(const char *text, void *field)
{
	unsigned long long whole = 0, part = 0, unit = NS / 10;
	const char *c = text;

	for (; *c >= '0' && *c <= '9'; c++) {
		whole = whole * 10 + (unsigned int)(*c - '0');
		if (whole > INT_MAX)
			return -EINVAL;
	}
	if (*c == '.')
		for (c++; *c >= '0' && *c <= '9'; c++, unit /= 10)
			part += unit * (unsigned int)(*c - '0');
	if (*c || whole + part == 0)
		return -EINVAL;
	*(uint64_t *)field = whole * NS + part;
	return 0;
}

static int read_string(const char *text, void *field)
{
	*(const char **)field = text;
	return 0;
}

static int read_strings(const char *text, void *field)
{
	struct string_list *list = field;
	const char **items = reallocarray(list->items, list->count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	list->items = items;
	items[list->count++] = text;
	return 0;
}

static int read_flag(const char *text, void *field)
{
	(void)text;
	*(bool *)field = true;
	return 0;
}

static const struct {
	int (*read)(const char *text, void *field);
	const char *wants;
} kinds[] = {
	[OPTION_FLAG] = { read_flag, NULL },
	[OPTION_STRING] = { read_string, "a value" },
	[OPTION_STRINGS] = { read_strings, "a value" },
	[OPTION_COUNT] = { read_count, "a number above 0" },
	[OPTION_NUMBERS] = { read_number, "a number above 0" },
	[OPTION_SIZE] = { read_size, "a size such as 512K, 8M or 1G" },
	[OPTION_SECONDS] = { read_seconds, "seconds above 0, such as 10 or 0.5" },
};

/* Rows that every command has. */
struct common {
	bool help, version;
};
static const struct option_row common_rows[] = {
	{ "help", 'h', OPTION_FLAG, NULL, "print this and exit", offsetof(struct common, help) },
	{ "version", 0, OPTION_FLAG, NULL, "print the version and exit", offsetof(struct common, version) },
	{ 0 },
};

struct parser {
	const struct option_row *rows;
	char *into;
	struct common common;
	char **argv;
	int argc, next; /* next: the word after the one in hand */
};

int options_wrong(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	message("%s (try: %s --help)", text, message_prefix());
	return 2;
}

static const struct option_row *find(const struct option_row *rows, const char *name, size_t len, char letter)
{
	for (; rows->name; rows++)
		if (letter ? rows->letter == letter : strlen(rows->name) == len && !strncmp(rows->name, name, len))
			return rows;
	return NULL;
}

/* The row and the field it fills; NULL: there is no such option. */
static const struct option_row *lookup(struct parser *p, const char *name, size_t len, char letter, void **field)
{
	const struct option_row *row = find(p->rows, name, len, letter);

	if (row) {
		*field = p->into + row->offset;
		return row;
	}
	row = find(common_rows, name, len, letter);
	if (row)
		*field = (char *)&p->common + row->offset;
	return row;
}

/* value: what is joined to the option in its word, NULL: nothing. */
static int take(struct parser *p, const struct option_row *row, void *field, const char *value)
{
	int err;

	if (row->kind != OPTION_FLAG && !value) {
		if (p->next >= p->argc)
			return options_wrong("--%s needs %s", row->name, kinds[row->kind].wants);
		value = p->argv[p->next++];
	}
	err = kinds[row->kind].read(value, field);
	if (err == -ENOMEM)
		return options_wrong("no memory");
	return err ? options_wrong("--%s wants %s, not '%s'", row->name, kinds[row->kind].wants, value) : 0;
}

static int take_long(struct parser *p, const char *word)
{
	const char *name = word + 2, *equals = strchr(name, '=');
	size_t len = equals ? (size_t)(equals - name) : strlen(name);
	void *field;
	const struct option_row *row = lookup(p, name, len, 0, &field);

	if (!row)
		return options_wrong("unknown option --%.*s", (int)len, name);
	if (row->kind == OPTION_FLAG && equals)
		return options_wrong("--%s takes no value", row->name);
	return take(p, row, field, equals ? equals + 1 : NULL);
}

static int take_letters(struct parser *p, const char *word)
{
	const struct option_row *row;
	const char *c;
	void *field;
	int err;

	for (c = word + 1; *c; c++) {
		row = lookup(p, NULL, 0, *c, &field);
		if (!row)
			return options_wrong("unknown option -%c", *c);
		if (row->kind != OPTION_FLAG)
			return take(p, row, field, c[1] ? c + 1 : NULL);
		err = take(p, row, field, NULL);
		if (err)
			return err;
	}
	return 0;
}

static void print_row(const struct option_row *row)
{
	char left[64];

	snprintf(left, sizeof(left), "%c%c%s--%s%s%s", row->letter ? '-' : ' ', row->letter ? row->letter : ' ',
		 row->letter ? ", " : "  ", row->name, row->metavar ? " " : "", row->metavar ? row->metavar : "");
	printf("  %-26s %s\n", left, row->help);
}

static void print_help(const struct option_row *rows, const struct command_help *help)
{
	printf("usage: socklife %s%s%s\n\n%s\n\noptions:\n", help->name, *help->usage ? " " : "", help->usage,
	       help->about);
	for (; rows->name; rows++)
		print_row(rows);
	for (rows = common_rows; rows->name; rows++)
		print_row(rows);
}

/*
 * argv[first] to argv[p->next - 1] are operands that were passed over and then the words of one option: swaps the two, so
 * that the operands stay together. Returns where they begin then.
 */
static int pass_operands(struct parser *p, int first, int option)
{
	int words = p->next - option, operands = option - first, i;
	char *word;

	for (; words; words--, first++, option++) {
		word = p->argv[option];
		for (i = 0; i < operands; i++)
			p->argv[option - i] = p->argv[option - i - 1];
		p->argv[first] = word;
	}
	return first;
}

/* The index of the first operand, or -1 after saying what is wrong. */
static int parse_words(struct parser *p, bool stop)
{
	int first = 1, at;
	const char *word;

	for (at = 1; at < p->argc; at = p->next) {
		word = p->argv[at];
		p->next = at + 1;
		if (word[0] != '-' || !word[1]) {
			if (stop)
				break;
			continue;
		}
		if (!strcmp(word, "--"))
			return pass_operands(p, first, at);
		if (word[1] == '-' ? take_long(p, word) : take_letters(p, word))
			return -1;
		first = pass_operands(p, first, at);
	}
	return first;
}

static int drop_lists(const struct option_row *rows, char *into, int result)
{
	for (; rows->name; rows++) {
		void *field = into + rows->offset;

		if (rows->kind == OPTION_NUMBERS) {
			free(((struct number_list *)field)->items);
			*(struct number_list *)field = (struct number_list){ 0 };
		} else if (rows->kind == OPTION_STRINGS) {
			free(((struct string_list *)field)->items);
			*(struct string_list *)field = (struct string_list){ 0 };
		}
	}
	return result;
}

int options_parse(const struct option_row *rows, const struct command_help *help, void *into, int argc, char **argv)
{
	struct parser p = { .rows = rows, .into = into, .argv = argv, .argc = argc };
	int first = parse_words(&p, help->stop);

	if (first < 0)
		return drop_lists(rows, into, OPTIONS_WRONG);
	if (p.common.help)
		print_help(rows, help);
	else if (p.common.version)
		printf("socklife %s\n", SOCKLIFE_VERSION);
	if (p.common.help || p.common.version)
		return drop_lists(rows, into, OPTIONS_HELPED);
	if (argc - first < help->min)
		options_wrong("usage: socklife %s %s", help->name, help->usage);
	else if (argc - first > help->max)
		options_wrong("unexpected '%s'", argv[first + help->max]);
	else
		return first;
	return drop_lists(rows, into, OPTIONS_WRONG);
}

int options_status(int parsed)
{
	return parsed == OPTIONS_HELPED ? 0 : 2;
}
