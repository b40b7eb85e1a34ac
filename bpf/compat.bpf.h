/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls of 32-bit programs (and x32's), which the kernel's tracepoints of single calls leave out on x86-64
 * (arch/x86/include/asm/ftrace.h), and socketcall(2): a number of the way's own becomes a row of syscalls.h, known when
 * the program runs only, and arguments.
 */
#ifndef SOCKLIFE_COMPAT_BPF_H
#define SOCKLIFE_COMPAT_BPF_H

#include "doors.h"
#include "native.bpf.h"
#include "rows.bpf.h"

/* A call that a way of its own has brought: its arguments and flags are st's. */
__noinline int door_enter(STATE_ARG arg, __u32 id, __u32 narrow)
{
	struct task_state *st = state_of(arg);

	if (!st || id >= CALLS)
		return 0;
	st->narrow = narrow;
	if (call_admitted(st, this_task(), rows[id]))
		row_start(TO_ARG(st), id, rows[id].at_entry);
	else if (rows[id].closes && uring_used)
		ring_closed(TO_ARG(st));
	return 0;
}

__noinline int door_exit(STATE_ARG arg, __s64 ret)
{
	struct task_state *st = state_of(arg);
	struct task_struct *task = this_task();
	struct rec_call *c;
	__u32 id, same = 1;

	if (!st || st->open - 1 >= CALLS)
		return 0;
	c = &st->buf.call;
	id = st->open - 1;
	st->open = 0;
	call_returned(st, ret);
	if (c->sk)
		same = names_same(st, task);
	if (io_mode && st->light && row_counted(TO_ARG(st), id, same))
		return 0;
	if (ret >= 0)
		row_results(TO_ARG(st), id);
	if (id == CALL_pidfd_getfd && !c->sk)
		return 0;
	if (id == CALL_close_range)
		task_tell(st, task, c->h.ts);
	row_facts(TO_ARG(st), id, same);
	send_call(&st->buf);
	return 0;
}

__noinline int door_late(STATE_ARG arg, __u32 id, __u32 narrow)
{
	struct task_state *st = state_of(arg);

	if (!st || id >= CALLS)
		return 0;
	st->narrow = narrow;
	call_late(st, this_task(), rows[id]);
	return 0;
}

static __always_inline __u32 sub_call(__u32 number)
{
#define SUB(number_, name) \
	case number_: \
		return CALL_##name;
	switch (number) {
		SOCKETCALLS(SUB)
	default:
		return CALL_socketcall;
	}
#undef SUB
}

/*
 * What socketcall() asks for: c's arguments become those of the call. One that it has not, or an array that can't be
 * read: itself.
 */
__noinline __u32 socketcall_open(STATE_ARG arg, __u32 narrow)
{
	struct task_state *st = state_of(arg);
	__u32 id, words[6] = {}, size;
	__u64 longs[6] = {};
	struct rec_call *c;

	if (!st)
		return CALLS;
	c = &st->buf.call;
	id = sub_call(c->args[0]);
	c->h.flags = VIA_SOCKETCALL << 12;
	if (id == CALL_socketcall)
		return id;
	size = rows[id].argc * (narrow ? sizeof(words[0]) : sizeof(longs[0]));
	barrier_var(size);
	if (!c->args[1] || size > (narrow ? sizeof(words) : sizeof(longs)) ||
	    bpf_probe_read_user(narrow ? (void *)words : (void *)longs, size, (void *)c->args[1]))
		return CALL_socketcall;
	for (int i = 0; i < 6; i++)
		c->args[i] = narrow ? words[i] : longs[i];
	return id;
}

/* Kernels that have the call as such (s390x): its words are longs. */
SEC("tracepoint/syscalls/sys_exit_socketcall")
int exit_socketcall(struct sys_exit *ctx)
{
	struct task_state *st = stopped ? 0 : state_look(this_task());

	return st && st->open && CALL_VIA(st->buf.call.h.flags) == VIA_SOCKETCALL ? door_exit(TO_ARG(st), ctx->ret) : 0;
}

SEC("tracepoint/syscalls/sys_enter_socketcall")
int enter_socketcall(struct sys_enter *ctx)
{
	struct task_state *st = stopped ? 0 : state_get(this_task());

	if (!st)
		return 0;
	args_read(st->buf.call.args, ctx, 2);
	return door_enter(TO_ARG(st), socketcall_open(TO_ARG(st), false), false);
}

#ifdef __TARGET_ARCH_x86

#define TS_COMPAT 2 /* arch/x86/include/asm/thread_info.h */
#define X32_BIT 0x40000000

/* What the kernel is asked to do: CALLS and above are not in the table, but followed all the same. */
enum {
	DOOR_NONE = CALLS,
	DOOR_POLL,
	DOOR_SELECT,
	DOOR_EPOLL,
	DOOR_EPOLL_CTL,
	DOOR_CLONE,
	DOOR_EXEC,
	DOOR_SETUID,
	DOOR_UNSHARE
};

#define DOOR_poll DOOR_POLL
#define DOOR_ppoll DOOR_POLL
#define DOOR_select DOOR_SELECT
#define DOOR_pselect6 DOOR_SELECT
#define DOOR_epoll_wait DOOR_EPOLL
#define DOOR_epoll_pwait DOOR_EPOLL
#define DOOR_epoll_pwait2 DOOR_EPOLL
#define NR_CALL(nr, name) \
	case nr: \
		return CALL_##name;
#define NR_WAIT(nr, name) \
	case nr: \
		return DOOR_##name;
#define NR_DOOR(nr, door) \
	case nr: \
		return DOOR_##door;

static __always_inline __u32 ia32_door(__u32 number)
{
	switch (number) {
		IA32_CALLS(NR_CALL)
		IA32_WAITS(NR_WAIT)
		IA32_FOLLOWED(NR_DOOR)
	case IA32_SOCKETCALL:
		return CALL_socketcall;
	default:
		return DOOR_NONE;
	}
}

static __always_inline __u32 x32_door(__u32 number)
{
	switch (number) {
		X32_CALLS(NR_CALL)
		X32_WAITS(NR_WAIT)
		X32_FOLLOWED(NR_DOOR)
	default:
		return DOOR_NONE;
	}
}

/* Native calls are refused here, at the least cost. */
static __always_inline bool is_compat(struct task_struct *task, long number)
{
	return number != -1 && (OF(task, thread_info.status) & TS_COMPAT || number & X32_BIT);
}

/* struct sel_arg_struct, fs/select.c */
__noinline int old_select_open(STATE_ARG arg)
{
	struct task_state *st = state_of(arg);
	__u32 words[5] = {};
	__u64 *args;

	if (!st)
		return 0;
	args = st->buf.call.args;
	if (args[0])
		bpf_probe_read_user(words, sizeof(words), (void *)args[0]);
	for (int i = 0; i < 5; i++)
		args[i] = words[i];
	return 0;
}

static __always_inline void args_native(__u64 *args, struct pt_regs *regs, __u32 argc)
{
	args[0] = argc > 0 ? regs->di : 0;
	args[1] = argc > 1 ? regs->si : 0;
	args[2] = argc > 2 ? regs->dx : 0;
	args[3] = argc > 3 ? regs->r10 : 0;
	args[4] = argc > 4 ? regs->r8 : 0;
	args[5] = argc > 5 ? regs->r9 : 0;
}

static __always_inline __u32 compat_door(struct task_struct *task, long number)
{
	return OF(task, thread_info.status) & TS_COMPAT ? ia32_door(number) : x32_door(number & ~X32_BIT);
}

/* A call's arguments, as the registers have them, and its way become st's. The call, or which one a socketcall() is. */
static __always_inline __u32 compat_args(struct task_state *st, struct task_struct *task, struct pt_regs *regs,
					 long number, __u32 door)
{
	struct rec_call *c = &st->buf.call;
	__u64 *args = c->args;

	if (OF(task, thread_info.status) & TS_COMPAT) {
		args[0] = (__u32)regs->bx;
		args[1] = (__u32)regs->cx;
		args[2] = (__u32)regs->dx;
		args[3] = (__u32)regs->si;
		args[4] = (__u32)regs->di;
		args[5] = (__u32)regs->bp;
		c->h.flags = VIA_IA32 << 12;
		if (number == IA32_OLD_SELECT)
			old_select_open(TO_ARG(st));
		if (door == CALL_preadv2 || door == CALL_pwritev2)
			args[3] |= args[4] << 32;
		return door == CALL_socketcall ? socketcall_open(TO_ARG(st), true) : door;
	}
	args_native(args, regs, 6);
	c->h.flags = VIA_X32 << 12;
	if (door == CALL_preadv2 || door == CALL_pwritev2) /* compat_sys_preadv64v2(): the offset is one word */
		args[5] = args[4];
	return door;
}

#endif

#endif
