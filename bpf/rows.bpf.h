/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calls.bpf.h for a row that is known when the program runs only. Each part is a global function: the verifier then
 * need not walk what comes before it once for each way through what comes after.
 */
#ifndef SOCKLIFE_ROWS_BPF_H
#define SOCKLIFE_ROWS_BPF_H

#include "io.bpf.h"

/* By enum call_id, which is an expansion of the same table. */
#define CALL(name_, ...) ROW(name_, __VA_ARGS__),
static const struct row rows[CALLS] = { SYSCALLS(CALL) };
#undef CALL

__noinline int row_start(STATE_ARG arg, __u32 id, __u32 at_entry)
{
	struct task_state *st = state_of(arg);

	if (st && id < CALLS)
		call_start(st, rows[id], at_entry, st->narrow);
	return 0;
}

__noinline int row_results(STATE_ARG arg, __u32 id)
{
	struct task_state *st = state_of(arg);

	if (st && id < CALLS)
		call_results(st, this_task(), rows[id], st->narrow);
	return 0;
}

/* As io_counted(). */
__noinline int row_counted(STATE_ARG arg, __u32 id, __u32 same)
{
	struct task_state *st = state_of(arg);

	return st && id < CALLS && io_counted(st, rows[id], same, st->narrow);
}

/* same: its descriptor names the file still. */
__noinline int row_facts(STATE_ARG arg, __u32 id, __u32 same)
{
	struct task_state *st = state_of(arg);

	if (!st || id >= CALLS)
		return 0;
	if (has_view(&st->buf.call, rows[id]))
		view_at_exit(st, rows[id], same);
	facts_exit(st, rows[id], st->narrow);
	return 0;
}

#endif
