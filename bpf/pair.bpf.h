/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pair of all calls: for the calls of 32-bit programs, and for native ones too where it is there anyway (to be on it and on the
 * pairs of single calls costs a quarter more).
 */
#ifndef SOCKLIFE_PAIR_BPF_H
#define SOCKLIFE_PAIR_BPF_H

#include "compat.bpf.h"
#include "tasks.bpf.h"

#ifdef __TARGET_ARCH_x86

const volatile bool native_by_pair; /* native calls have no programs of their own */

static __always_inline __u32 native_door(__u64 number)
{
	__u32 id = native_by_pair ? native_call(number) : DOOR_NONE;

	if (!native_by_pair || id < CALLS)
		return id;
#define WAIT(name, ...) \
	case __NR_##name: \
		return DOOR_##name;
#define FOLLOW(name, door) \
	case __NR_##name: \
		return DOOR_##door;
	switch (number) {
		WAITS(WAIT)
		FOLLOWED(FOLLOW)
	default:
		return DOOR_NONE;
	}
#undef WAIT
#undef FOLLOW
}

/* As compat_args(), of any call; of a native one the arguments that it does not have are 0. */
static __always_inline __u32 any_args(struct task_state *st, struct task_struct *task, struct pt_regs *regs,
				      long number, __u32 door, bool compat)
{
	if (compat)
		return compat_args(st, task, regs, number, door);
	args_native(st->buf.call.args, regs, door < CALLS ? rows[door].argc : 6);
	st->buf.call.h.flags = 0;
	return door;
}

static __always_inline bool is_wait(__u32 door)
{
	return door == DOOR_POLL || door == DOOR_SELECT || door == DOOR_EPOLL;
}

static __always_inline int wait_begin(struct task_state *st, __u32 door)
{
	const __u64 *args = st->buf.call.args;

	if (door == DOOR_EPOLL)
		return wait_enter(st, args[1], 0, 0, 0, args[0]);
	if (door == DOOR_POLL)
		return wait_enter(st, args[0], 0, 0, args[1], 0);
	return wait_enter(st, args[1], args[2], args[3], args[0], 0);
}

static __always_inline int wait_end(__u32 door, __s64 ret)
{
	struct sys_exit exit = { .ret = ret };

	if (door == DOOR_EPOLL)
		return epoll_exit(&exit);
	return door == DOOR_POLL ? poll_exit(&exit) : select_exit(&exit);
}

static __always_inline int pair_exit(struct pt_regs *regs, long number, long ret)
{
	struct task_struct *task = this_task();
	bool compat = is_compat(task, number);
	__u32 door = compat ? compat_door(task, number) : native_door(number);
	struct task_state *st;

	if (stopped || door == DOOR_NONE)
		return 0;
	if (door == DOOR_SETUID)
		return setuid_exit(ret);
	st = state_look(task);
	if (!st)
		return 0;
	if (st->open)
		return compat == !!CALL_VIA(st->buf.call.h.flags) ? door_exit(TO_ARG(st), ret) : 0;
	if (door == DOOR_UNSHARE)
		return unshare_exit();
	if (st->begun && connecting_count <= 0)
		return 0;
	door = any_args(st, task, regs, number, door, compat);
	if (!st->begun && st->mark.flags & TASK_TRACED && door < CALLS) {
		door_late(TO_ARG(st), door, compat);
		st->begun = 1;
		return st->open ? door_exit(TO_ARG(st), ret) : 0;
	}
	st->begun = 1;
	return is_wait(door) ? wait_end(door, ret) : 0;
}

static __always_inline int pair_enter(struct pt_regs *regs, long number)
{
	struct task_struct *task = this_task();
	bool compat = is_compat(task, number);
	__u32 door = compat ? compat_door(task, number) : native_door(number);
	struct task_state *st;

	if (stopped || door == DOOR_NONE)
		return 0;
	st = state_get(task);
	if (!st)
		return 0;
	door = any_args(st, task, regs, number, door, compat);
	if (door < CALLS)
		return door_enter(TO_ARG(st), door, compat);
	st->begun = 1;
	if (door == DOOR_CLONE)
		return clone_enter();
	if (door == DOOR_EXEC)
		return exec_enter();
	if (door == DOOR_EPOLL_CTL)
		return epoll_registers(TO_ARG(st));
	return is_wait(door) ? wait_begin(st, door) : 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(any_exit, struct pt_regs *regs, long ret)
{
	return pair_exit(regs, regs->orig_ax, ret);
}

SEC("tp_btf/sys_enter")
int BPF_PROG(any_enter, struct pt_regs *regs, long number)
{
	return pair_enter(regs, number);
}

SEC("tracepoint/raw_syscalls/sys_exit")
int steady_any_exit(struct sys_exit *ctx)
{
	return pair_exit(task_regs(this_task()), ctx->nr, ctx->ret);
}

SEC("tracepoint/raw_syscalls/sys_enter")
int steady_any_enter(struct sys_enter *ctx)
{
	return pair_enter(task_regs(this_task()), ctx->nr);
}

#endif

#endif
