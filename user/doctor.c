/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * socklife doctor: the table of kernel facts, printed.
 */
#include <stdio.h>

#include "commands.h"
#include "kernel_facts.h"
#include "options.h"

static const struct option_row rows[] = { { 0 } };

static const struct command_help help = {
	.name = "doctor",
	.usage = "",
	.about =
		"What this kernel offers, what is missing and what that costs. Exit status 0 if record can work, else 1.",
};

static const char *const marks[] = { [HAVE_NO] = "no", [HAVE_YES] = "yes", [HAVE_UNKNOWN] = "?" };

int cmd_doctor(int argc, char **argv)
{
	int first = options_parse(rows, &help, NULL, argc, argv);
	const struct kernel_fact *fact;
	const char *missing;
	char text[KERNEL_TEXT];
	enum have have;

	if (first < 0)
		return options_status(first);
	for (fact = kernel_facts; fact->name; fact++) {
		have = fact->probe(text);
		printf("%-20s %-3s  %s\n", fact->name, marks[have], text);
	}
	missing = kernel_missing();
	if (missing)
		printf("\nrecord cannot work: %s\n", missing);
	else
		printf("\nrecord can work\n");
	return missing ? 1 : 0;
}
