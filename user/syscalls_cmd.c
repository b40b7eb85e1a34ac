/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * socklife syscalls: the table of traced calls, and whether this kernel has each.
 */
#include <stdio.h>

#include "commands.h"
#include "decode.h"
#include "kernel_facts.h"
#include "options.h"

static const struct option_row rows[] = { { 0 } };

static const struct command_help help = {
	.name = "syscalls",
	.usage = "",
	.about =
		"The table of traced calls: name, number of arguments, on which descriptors it is recorded, and whether this\n"
		"kernel has it (unknown where tracefs cannot be read; it is root's). Watched, but no events:\n"
#define WAIT(name, ...) #name ", "
	WAITS(WAIT) "epoll_ctl,\n"
#undef WAIT
		    "fork, vfork, clone, clone3, unshare, execve, execveat.",
};

static const char *const nets[] = { [CALL_ANY] = "sockets", [CALL_NET] = "any" };
static const char *const haves[] = { [HAVE_NO] = "no", [HAVE_YES] = "yes", [HAVE_UNKNOWN] = "unknown" };

int cmd_syscalls(int argc, char **argv)
{
	int first = options_parse(rows, &help, NULL, argc, argv);
	const struct call_row *row;

	if (first < 0)
		return options_status(first);
	printf("%-12s %4s  %-11s  %s\n", "CALL", "ARGS", "DESCRIPTORS", "KERNEL");
	for (row = call_rows; row < call_rows + CALLS; row++)
		printf("%-12s %4d  %-11s  %s\n", row->name, row->argc, nets[row->net],
		       haves[kernel_has_call(row->name)]);
	return 0;
}
