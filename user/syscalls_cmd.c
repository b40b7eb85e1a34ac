/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * socklife syscalls: the table of traced calls, and by which ways each can come on this kernel.
 */
#include <stdio.h>

#include "../bpf/doors.h"
#include "commands.h"
#include "decode.h"
#include "kernel_doors.h"
#include "kernel_facts.h"
#include "options.h"

static const struct option_row rows[] = { { 0 } };

static const struct command_help help = {
	.name = "syscalls",
	.usage = "",
	.about =
		"The table of traced calls: name, number of arguments, on which descriptors it is recorded, whether this\n"
		"kernel has it as a native call (unknown where tracefs cannot be read; it is root's), and by which ways into\n"
		"this kernel it can come and is recorded. Watched, but no events:\n"
#define WATCHED(name, ...) #name ", "
	WAITS(WATCHED) "\n" FOLLOWED(WATCHED) "\nand the end of a thread.",
#undef WATCHED
};

#define BY_SYSCALL(name, ...) { CALL_##name, VIA_SYSCALL },
#define BY_IA32(number, name) { CALL_##name, VIA_IA32 },
#define BY_X32(number, name) { CALL_##name, VIA_X32 },
#define BY_SOCKETCALL(number, name) { CALL_##name, VIA_SOCKETCALL },
#define BY_URING(number, op, name, ...) { CALL_##name, VIA_IO_URING },

static const struct {
	enum call_id call;
	enum via via;
} ways[] = {
	/* clang-format off */
	NATIVE_CALLS(BY_SYSCALL)
	IA32_CALLS(BY_IA32)
	X32_CALLS(BY_X32)
	SOCKETCALLS(BY_SOCKETCALL)
	{ CALL_socketcall, VIA_SOCKETCALL },
	URING_OPS(BY_URING)
	/* clang-format on */
};

static const char *const nets[] = { [CALL_ANY] = "sockets", [CALL_NET] = "any" };
static const char *const haves[] = { [HAVE_NO] = "no", [HAVE_YES] = "yes", [HAVE_UNKNOWN] = "unknown" };

static bool comes_by(enum call_id call, enum via via, enum have native)
{
	if (via == VIA_SYSCALL && native == HAVE_NO)
		return false;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (ways[i].call == call && ways[i].via == via)
			return kernel_doors()->there[via];
	return false;
}

static void print_row(const struct call_row *row)
{
	enum have native = kernel_has_call(row->name);
	const char *between = "";

	printf("%-17s %4d  %-11s  %-7s  ", row->name, row->argc, nets[row->net], haves[native]);
	for (enum via via = 0; via < VIAS; via++) {
		if (!comes_by((enum call_id)(row - call_rows), via, native))
			continue;
		printf("%s%s", between, via_name(via));
		between = ",";
	}
	puts(*between ? "" : "none");
}

int cmd_syscalls(int argc, char **argv)
{
	int first = options_parse(rows, &help, NULL, argc, argv);
	const struct call_row *row;

	if (first < 0)
		return options_status(first);
	printf("%-17s %4s  %-11s  %-7s  %s\n", "CALL", "ARGS", "DESCRIPTORS", "KERNEL", "DOORS");
	for (row = call_rows; row < call_rows + CALL_SUMS; row++)
		print_row(row);
	return 0;
}
