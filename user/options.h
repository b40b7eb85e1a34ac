/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The command line: options as rows, one parser and one help text made from them. Knows no command.
 */
#ifndef SOCKLIFE_OPTIONS_H
#define SOCKLIFE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a row's `offset` points at, in the caller's struct. */
enum option_kind {
	OPTION_FLAG, /* bool */
	OPTION_STRING, /* const char *, into argv */
	OPTION_STRINGS, /* struct string_list: repeatable */
	OPTION_COUNT, /* uint64_t, 1 to INT_MAX */
	OPTION_NUMBERS, /* struct number_list: repeatable, each 1 to INT_MAX */
	OPTION_SIZE, /* uint64_t bytes, above 0; K, M, G are powers of 1024 */
	OPTION_SECONDS, /* uint64_t ns, above 0, of seconds that may have a fraction */
};

/* free() the items, unless options_parse() failed. */
struct number_list {
	int *items;
	size_t count;
};

struct string_list {
	const char **items; /* each into argv */
	size_t count;
};

struct option_row { /* the table ends with a row without a name */
	const char *name; /* long, without -- */
	char letter; /* 0: none */
	enum option_kind kind;
	const char *metavar; /* the value's name in the help; NULL for a flag */
	const char *help; /* one line, no full stop */
	size_t offset;
};

struct command_help {
	const char *name; /* as argv[0] of the command */
	const char *usage; /* what follows the name: "FILE -f FORMAT [-o OUT]" */
	const char *about; /* one line or more */
	int min, max; /* operands */
	bool stop; /* the first operand ends the options: what follows it is another program's */
};

enum { OPTIONS_HELPED = -1, OPTIONS_WRONG = -2 };

/*
 * Reads argv[1] to argv[argc - 1] into `into`, which the caller has filled with defaults. Options may be --name VALUE,
 * --name=VALUE, -n VALUE, -nVALUE and -xyz for flags; `--` ends them, `-` is an operand. Unless `stop`, argv is permuted so
 * that the operands come last. Returns the index of the first operand (argc if there is none); OPTIONS_HELPED after
 * --help or --version; OPTIONS_WRONG when one line on standard error has said what is wrong.
 */
int options_parse(const struct option_row *rows, const struct command_help *help, void *into, int argc, char **argv);
/* The exit status for a negative result of options_parse(). */
int options_status(int parsed);
/* One line on standard error, ending in where the help is; returns OPTIONS_WRONG's exit status, 2. */
__attribute__((format(printf, 1, 2))) int options_wrong(const char *format, ...);

#endif
