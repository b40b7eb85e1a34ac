/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the words for what a recording does not see. What it fills is static: a process records once.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "blind.h"
#include "decode.h"

#define COMPAT "32-bit programs, socketcall"
#define LINE_BYTES 128

/* Until the pair of tracepoints for them is attached, three ways in are as one. */
static bool is_watched(const struct doors *doors, enum via via, enum compat compat)
{
	bool needs_pair = via == VIA_IA32 || via == VIA_X32 || (via == VIA_SOCKETCALL && doors->there[VIA_IA32]);

	return doors->there[via] && (!needs_pair || compat == COMPAT_NOW);
}

void blind_header(struct capture_header *header, const struct doors *doors, enum compat compat)
{
	static char watched[VIAS * 16], uring[LINE_BYTES], *blind[4];
	size_t n = 0;

	watched[0] = 0;
	for (enum via via = 0; via < VIAS; via++)
		if (is_watched(doors, via, compat))
			n += (size_t)snprintf(watched + n, sizeof(watched) - n, "%s%s", n ? " " : "", via_name(via));
	n = 0;
	if (doors->foreign)
		blind[n++] = "32-bit programs: not on this architecture";
	else if (doors->pair && compat != COMPAT_NOW)
		blind[n++] = compat == COMPAT_LATER ? COMPAT : COMPAT ": --no-compat";
	if (doors->uring_untold) {
		snprintf(uring, sizeof(uring), "io_uring: %s", doors->uring_untold);
		blind[n++] = uring;
	}
	if (doors->there[VIA_IO_URING] && doors->slots_untold)
		blind[n++] =
			"io_uring: this kernel's BTF does not tell what direct descriptors name (6.13 and later do)";
	blind[n] = NULL;
	header->doors = watched;
	header->blind = blind;
}

void blind_trailer(struct capture_trailer *trailer, uint64_t since, struct loader_uring uring)
{
	const struct {
		uint64_t count;
		const char *what;
	} rows[] = {
		{ uring.silent, "requests of whose success no completion tells (IOSQE_CQE_SKIP_SUCCESS)" },
		{ uring.unclear, "completions of one of several requests that have the same user_data" },
		{ uring.unlisted,
		  "requests are not in the table (IORING_OP_URING_CMD on sockets, IORING_MSG_SEND_FD)" },
		{ uring.hidden, "multishot receives with control data (SCM_RIGHTS), which was not looked at" },
		{ uring.slots, "slots of io_uring_register() were not looked at" },
		{ uring.before, "requests were submitted before the trace began" },
		{ uring.full, "requests found no room to be kept in" },
	};
	static char lines[sizeof(rows) / sizeof(*rows)][LINE_BYTES], since_line[LINE_BYTES];
	static char *blind[sizeof(rows) / sizeof(*rows) + 1], *watched[2];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!rows[i].count)
			continue;
		snprintf(lines[n], LINE_BYTES, "io_uring: %" PRIu64 " %s", rows[i].count, rows[i].what);
		blind[n] = lines[n];
		n++;
	}
	blind[n] = NULL;
	snprintf(since_line, LINE_BYTES, "%" PRIu64 " " COMPAT, since);
	watched[0] = since ? since_line : NULL;
	trailer->watched = watched;
	trailer->blind = blind;
}
