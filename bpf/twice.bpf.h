/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel leaves a program out that would run on top of itself (bpf_prog_get_recursion_context()): one that a softirq interrupts
 * and that the softirq would run, hundreds of times where many packets wait; and every task's on a CPU where another one was
 * preempted in it, as it may be from 7.0 on: tracepoints hold an SRCU there and no longer the task. So there are two of
 * each that may be, and the second does the work where the first has not.
 */
#ifndef SOCKLIFE_TWICE_BPF_H
#define SOCKLIFE_TWICE_BPF_H

#include "state.bpf.h"

/* A run is known by where its arguments are: on the stack, the same for both, another one's for who interrupts. */
static __always_inline void first_ran(__u32 id, __u64 ctx)
{
	struct cpu_state *cs = cpu_state(bpf_get_smp_processor_id());
	volatile struct twice *t = cs ? &cs->twice[id] : 0;

	if (!t)
		return;
	t->before = t->last;
	t->last = ctx;
}

/* Else it is counted that the second does the work. */
static __always_inline bool has_first_run(__u32 id, __u64 ctx)
{
	struct cpu_state *cs = cpu_state(bpf_get_smp_processor_id());
	volatile struct twice *t = cs ? &cs->twice[id] : 0;
	bool is_last, is_before;

	if (!t)
		return true;
	is_last = t->last == ctx;
	is_before = t->before == ctx;
	if (is_before)
		t->before = 0;
	if (is_last) {
		t->last = t->before;
		t->before = 0;
	}
	if (!is_last && !is_before)
		__sync_fetch_and_add(&cs->again, 1);
	return is_last || is_before;
}

#define PAIR_OF(section, name, type, seconded, id, ...) \
	SEC(section) \
	int name(type *ctx) \
	{ \
		__VA_ARGS__; \
		if (seconded) \
			first_ran(id, (__u64)ctx); \
		return 0; \
	} \
	SEC(section) \
	int name##_again(type *ctx) \
	{ \
		if ((seconded) && !has_first_run(id, (__u64)ctx)) \
			__VA_ARGS__; \
		return 0; \
	}

/*
 * A tracepoint's programs `name` and `name`_again, of a function of its arguments, __u64 *. The loader has a second but where
 * tasks may be preempted, and where TWICE_ALWAYS says so.
 */
#define TWICE(tracepoint, name, body) TWICE_OF(tracepoint, name, PREEMPTED, __COUNTER__, body)
#define TWICE_ALWAYS(tracepoint, name, body) TWICE_OF(tracepoint, name, true, __COUNTER__, body)
#define TWICE_OF(tracepoint, name, seconded, id, body) \
	_Static_assert((id) < TWICE_CALLS, "more of them than a CPU's state has room for"); \
	PAIR_OF("tp_btf/" #tracepoint, name, __u64, seconded, id, body(ctx))

/* Of a system call's entry, of its return: what is to be done with ctx. */
#define ENTER(call, ...) CALL_OF("tracepoint/syscalls/sys_enter_" #call, enter_##call, struct sys_enter, __VA_ARGS__)
#define EXIT(call, ...) CALL_OF("tracepoint/syscalls/sys_exit_" #call, exit_##call, struct sys_exit, __VA_ARGS__)
#define CALL_OF(section, name, type, ...) \
	PAIR_OF(section, name, type, PREEMPTED, TWICE_CALLS + bpf_get_current_pid_tgid() % TWICE_THREADS, __VA_ARGS__)

#endif
