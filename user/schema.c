/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * socklife schema: the JSON Schema of the json format, which is schema.json, embedded by the build.
 */
#include <stdio.h>

#include "commands.h"
#include "options.h"

extern const char schema_json[];

static const struct option_row rows[] = { { 0 } };

static const struct command_help help = {
	.name = "schema",
	.usage = "",
	.about = "Prints the JSON Schema (draft 2020-12) of the json format.",
};

int cmd_schema(int argc, char **argv)
{
	int first = options_parse(rows, &help, NULL, argc, argv);

	if (first < 0)
		return options_status(first);
	fputs(schema_json, stdout);
	return 0;
}
