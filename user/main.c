/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the table of commands. Knows nothing of what they do.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "message.h"
#include "options.h"
#include "version.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} commands[] = {
	{ "record", cmd_record, "trace programs into a capture file (needs root)" },
	{ "export", cmd_export, "write a capture as json, ndjson, text or html" },
	{ "show", cmd_export, "print a line a call, with the state changes in between" },
	{ "report", cmd_export, "print a line a socket: who, where, bytes, times, how it ended" },
	{ "normalize", cmd_export, "print the golden form: no pids, times, inodes, ephemeral ports" },
	{ "diff", cmd_diff, "say which lifecycles differ between two captures, json or golden forms" },
	{ "doctor", cmd_doctor, "say what this kernel offers, what is missing, what that costs" },
	{ "syscalls", cmd_syscalls, "list the traced calls, and which of them this kernel has" },
	{ "schema", cmd_schema, "print the JSON Schema of the json format" },
	{ 0 },
};

static void print_help(FILE *out)
{
	const struct command *c;

	fputs("usage: socklife COMMAND [option...]\n\n"
	      "Records the socket calls of running programs and rebuilds the life of every socket.\n\ncommands:\n",
	      out);
	for (c = commands; c->name; c++)
		fprintf(out, "  %-10s %s\n", c->name, c->help);
	fputs("\nsocklife COMMAND --help tells a command's options, socklife --version the version.\n", out);
}

/* What was printed must have arrived. A reader that went away is told nothing, and a failure is told once. */
static int finish(int status)
{
	errno = 0;
	if ((!fflush(stdout) && !ferror(stdout)) || status)
		return status;
	if (errno != EPIPE)
		message("standard output: %s", errno ? strerror(errno) : "write error");
	return 1;
}

int main(int argc, char **argv)
{
	const struct command *c;

	if (argc < 2) {
		print_help(stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_help(stdout);
		return finish(0);
	}
	if (!strcmp(argv[1], "--version")) {
		printf("socklife %s\n", SOCKLIFE_VERSION);
		return finish(0);
	}
	for (c = commands; c->name; c++) {
		if (strcmp(c->name, argv[1]))
			continue;
		message_command(c->name);
		return finish(c->run(argc - 1, argv + 1));
	}
	return options_wrong("unknown %s '%s'", *argv[1] == '-' ? "option" : "command", argv[1]);
}
