/* SPDX-License-Identifier: GPL-2.0-only */
/* Native system calls: a pair of programs per row of syscalls.h, all from one body. */
#ifndef SOCKLIFE_NATIVE_BPF_H
#define SOCKLIFE_NATIVE_BPF_H

#include <asm/unistd.h>

#include "io.bpf.h"
#include "waits.bpf.h"

/* The call that a number of the kernel's stands for; CALLS: none of the table. */
static __always_inline __u32 native_call(__u64 number)
{
#ifndef __NR_dup2 /* arm64 */
#define __NR_dup2 -1
#endif
#ifndef __NR_sendfile
#define __NR_sendfile __NR3264_sendfile
#endif
#define CALL(name, ...) \
	case __NR_##name: \
		return CALL_##name;
	switch (number) {
		NATIVE_CALLS(CALL)
	default:
		return CALLS;
	}
#undef CALL
}

/* Reading more arguments than a call has makes the attach fail (EACCES); a loop over them the verifier refuses. */
static __always_inline void args_read(__u64 *to, const struct sys_enter *ctx, __u32 argc)
{
	to[0] = argc > 0 ? ctx->args[0] : 0;
	to[1] = argc > 1 ? ctx->args[1] : 0;
	to[2] = argc > 2 ? ctx->args[2] : 0;
	to[3] = argc > 3 ? ctx->args[3] : 0;
	to[4] = argc > 4 ? ctx->args[4] : 0;
	to[5] = argc > 5 ? ctx->args[5] : 0;
}

/* The arguments of the call that a task is in, as its registers have them still (arch/.../include/asm/syscall.h). */
static __always_inline bool args_of_task(__u64 *to, struct task_struct *task)
{
	__u64 regs;

	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return false;
	regs = bpf_task_pt_regs(task);
#if defined(__TARGET_ARCH_x86)
	READ_BYTES(to[0], regs, struct pt_regs, di);
	READ_BYTES(to[1], regs, struct pt_regs, si);
	READ_BYTES(to[2], regs, struct pt_regs, dx);
	READ_BYTES(to[3], regs, struct pt_regs, r10);
	READ_BYTES(to[4], regs, struct pt_regs, r8);
	READ_BYTES(to[5], regs, struct pt_regs, r9);
	return true;
#elif defined(__TARGET_ARCH_arm64)
	READ_BYTES(to[0], regs, struct pt_regs, orig_x0);
	READ_BYTES(to[1], regs, struct pt_regs, regs[1]);
	READ_BYTES(to[2], regs, struct pt_regs, regs[2]);
	READ_BYTES(to[3], regs, struct pt_regs, regs[3]);
	READ_BYTES(to[4], regs, struct pt_regs, regs[4]);
	READ_BYTES(to[5], regs, struct pt_regs, regs[5]);
	return true;
#else
	return false;
#endif
}

static __always_inline int call_enter(struct sys_enter *ctx, const struct row row)
{
	struct task_struct *task;
	struct task_state *st;

	if (stopped)
		return 0;
	task = this_task();
	st = state_get(task);
	if (!st)
		return 0;
	args_read(st->buf.call.args, ctx, row.argc);
	st->buf.call.h.flags = 0;
	if (call_admitted(st, task, row))
		call_start(st, row, row.at_entry, false);
	else if (row.closes && uring_used)
		ring_closed(TO_ARG(st));
	return 0;
}

static __always_inline int call_end(struct task_state *st, struct task_struct *task, const struct row row, __s64 ret)
{
	struct rec_call *c = &st->buf.call;

	st->open = 0;
	call_returned(st, ret);
	if (io_mode && (row.sends || row.receives) && st->light && io_counted(st, row, names_same(st, task), false))
		return 0;
	if (ret >= 0)
		call_results(st, task, row, false);
	if (row.fds == FDS_GETS && !c->sk)
		return 0;
	if (row.fds == FDS_RANGE)
		task_tell(st, task, c->h.ts);
	if (has_view(c, row))
		view_at_exit(st, row, names_same(st, task));
	facts_exit(st, row, false);
	send_call(&st->buf);
	return 0;
}

static __always_inline int call_exit(struct sys_exit *ctx, const struct row row)
{
	struct task_struct *task;
	struct task_state *st;

	if (stopped)
		return 0;
	task = this_task();
	st = state_look(task);
	if (!st)
		return 0;
	if (!st->begun && st->mark.flags & TASK_TRACED && args_of_task(st->buf.call.args, task)) {
		st->buf.call.h.flags = 0;
		call_late(st, task, row);
	}
	st->begun = 1;
	return st->open == row.id + 1 ? call_end(st, task, row, ctx->ret) : 0;
}

#define CALL(name_, ...) \
	EXIT(name_, call_exit(ctx, (struct row)ROW(name_, __VA_ARGS__))) \
	ENTER(name_, call_enter(ctx, (struct row)ROW(name_, __VA_ARGS__)))

NATIVE_CALLS(CALL)
#undef CALL

#endif
