/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the expansion of syscalls.h into rows, and the names of what the wire numbers.
 */
#include <string.h>

#include "decode.h"

enum {
#define ARG(name, kind) +1
#define CALL(id, v, n, f, m, pos, arguments) ARGC_##id = arguments,
	SYSCALLS(CALL)
#undef CALL
#undef ARG
};

const struct call_row call_rows[CALLS] = {
#define ARG(id, k) { .name = #id, .kind = ARG_##k },
#define CALL(id, v, n, f, m, pos, arguments) \
	[CALL_##id] = { .name = #id, \
			.verb = VERB_##v, \
			.net = CALL_##n, \
			.fds = FDS_##f, \
			.mem = MEM_##m, \
			.at = pos, \
			.argc = ARGC_##id, \
			.args = { arguments } },
	SYSCALLS(CALL)
#undef CALL
#undef ARG
};

int call_by_name(const char *name)
{
	for (int i = 0; i < CALLS; i++)
		if (!strcmp(call_rows[i].name, name))
			return i;
	return -1;
}

const char *via_name(enum via via)
{
	static const char *const names[VIAS] = {
		[VIA_SYSCALL] = "syscall",       [VIA_IA32] = "ia32",         [VIA_X32] = "x32",
		[VIA_SOCKETCALL] = "socketcall", [VIA_IO_URING] = "io_uring",
	};

	return names[via];
}
