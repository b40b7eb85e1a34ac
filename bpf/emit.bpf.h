/* SPDX-License-Identifier: GPL-2.0-only */
/* Into the ring of this CPU, numbered; what does not fit is counted, and its number leaves the gap. */
#ifndef SOCKLIFE_EMIT_BPF_H
#define SOCKLIFE_EMIT_BPF_H

#include "state.bpf.h"

/* Between a record's number and its place in the ring no other comes. */
#ifdef PROBE_READS
#define number_begin()
#define number_end()
#else
extern void bpf_preempt_disable(void) __ksym __weak;
extern void bpf_preempt_enable(void) __ksym __weak;

static __always_inline void number_begin(void)
{
	if (PREEMPTED)
		bpf_preempt_disable();
}

static __always_inline void number_end(void)
{
	if (PREEMPTED)
		bpf_preempt_enable();
}
#endif

static __always_inline __u64 wake_flags(struct cpu_state *cs, __u64 len)
{
	cs->unwoken += len;
	if (cs->unwoken <= wake_at) /* a wake-up costs microseconds, and the reader polls anyway */
		return BPF_RB_NO_WAKEUP;
	cs->unwoken = 0;
	return BPF_RB_FORCE_WAKEUP;
}

/* false: it cannot be told. Who interrupts has ended before this goes on. */
static __always_inline bool seq_next(struct cpu_state *cs, __u32 *seq)
{
#ifdef TASKS_BY_ID
	volatile __u64 *numbering = &cs->numbering;

	if (*numbering) {
		cs->interrupted++;
		return false;
	}
	*numbering = 1;
	*seq = *(volatile __u64 *)&cs->seq;
	*(volatile __u64 *)&cs->seq = *seq + 1;
	*numbering = 0;
#else
	*seq = __sync_fetch_and_add(&cs->seq, 1);
#endif
	return true;
}

/* The rest of the head is the caller's: ts, tid, call, flags. 0 or a negative number: lost. */
static __always_inline long emit(struct rec_head *h, __u8 kind, __u64 len)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct cpu_state *cs = cpu_state(cpu);
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	bool numbered;
	long err = -1;

	if (!cs)
		return -1;
	h->kind = kind;
	h->len = len;
	h->cpu = cpu;
	number_begin();
	numbered = seq_next(cs, &h->seq);
	if (numbered && ring)
		err = bpf_ringbuf_output(ring, h, len, wake_flags(cs, len));
	number_end();
	if (numbered && err)
		__sync_fetch_and_add(&cs->lost[LOSS_RING_FULL], 1);
	return err;
}

/* A record in the ring's own memory, for what is too large for the stack; its user submits it. NULL: lost. */
static __always_inline void *emit_begin(__u8 kind, __u64 len)
{
	__u32 cpu = bpf_get_smp_processor_id(), seq = 0;
	struct cpu_state *cs = cpu_state(cpu);
	void *ring = bpf_map_lookup_elem(&rings, &cpu);
	struct rec_head *h = 0;
	bool numbered;

	if (!cs)
		return 0;
	number_begin();
	numbered = seq_next(cs, &seq);
	if (numbered && ring)
		h = bpf_ringbuf_reserve(ring, len, 0);
	number_end();
	if (!h) {
		if (numbered)
			__sync_fetch_and_add(&cs->lost[LOSS_RING_FULL], 1);
		return 0;
	}
	h->kind = kind;
	h->len = len;
	h->cpu = cpu;
	h->seq = seq;
	cs->unwoken += len;
	return h;
}

static __always_inline void head_init(struct rec_head *h, __u64 ts, __u32 tid)
{
	h->ts = ts;
	h->tid = tid;
	h->call = 0;
	h->flags = 0;
}

static __always_inline struct rec_fact fact_make(enum fact_kind kind, __u64 sk, __s64 value)
{
	struct rec_fact r = { .sk = sk, .value = value, .fact = kind };

	head_init(&r.h, bpf_ktime_get_ns(), 0);
	return r;
}

/* It stands before the record of the call's return, or of its entry. */
static __always_inline void fact_of_call(struct rec_fact *r, const struct rec_call *c)
{
	r->h.ts = c->h.ts;
	r->h.tid = c->h.tid;
	r->h.flags = c->h.flags & VIA_FLAGS;
	r->at = c->h.ts - c->dur;
}

static __always_inline void fact_send(struct rec_fact *r)
{
	emit(&r->h, REC_FACT, sizeof(*r));
}

volatile struct pid_place own_pids; /* probe_socket() looks */

/* struct pid, as a number: the verifier does no sums with a pointer that it knows. */
static __always_inline __u64 pid_of(struct task_struct *task)
{
	__u64 pid = 0;

	bpf_probe_read_kernel(&pid, sizeof(pid), &task->thread_pid);
	return pid;
}

static __always_inline __u32 pid_level(__u64 pid)
{
	__u32 level = 0;

	bpf_probe_read_kernel(&level, sizeof(level), &((struct pid *)pid)->level);
	return level;
}

/* The number that a thread has in a pid namespace of its own or above, by its level. */
static __always_inline __u32 pid_at(__u64 pid, __u32 level, __u32 *inum)
{
	__u64 upid = (__u64)((struct pid *)pid)->numbers + level * bpf_core_type_size(struct upid), ns = 0;
	__u32 nr = 0;

	bpf_probe_read_kernel(&nr, sizeof(nr), &((struct upid *)upid)->nr);
	bpf_probe_read_kernel(&ns, sizeof(ns), &((struct upid *)upid)->ns);
	bpf_probe_read_kernel(inum, sizeof(*inum), &((struct pid_namespace *)ns)->ns.inum);
	return nr;
}

/* 0: it is not to be seen from there. */
static __always_inline __u32 pid_seen(__u64 pid)
{
	__u32 inum = 0, nr = pid_level(pid) < own_pids.level ? 0 : pid_at(pid, own_pids.level, &inum);

	return inum == own_pids.ns ? nr : 0;
}

/* false: it has no other numbers than those that every record has. */
static __always_inline bool pids_fill(struct rec_fact *r, struct task_struct *task, __u64 ts)
{
	__u64 pid = pid_of(task), first;
	__u32 level = pid_level(pid), inum;

	if (!own_pids.level && !level)
		return false;
	first = pid_of(OF(plain(task), group_leader));
	*r = (struct rec_fact){ .fact = FACT_PIDS };
	head_init(&r->h, ts, OF(task, pid));
	r->extra = pid_at(pid, level, &inum);
	r->value = pid_at(first, pid_level(first), &inum);
	r->other = (__u64)pid_seen(first) << 32 | pid_seen(pid);
	return true;
}

static __always_inline void pids_send(struct task_struct *task, __u64 ts)
{
	struct rec_fact r;

	if (pids_fill(&r, task, ts))
		fact_send(&r);
}

/* Of the current thread. Global: verified once. */
__noinline int pids_tell(__u64 ts)
{
	pids_send(this_task(), ts);
	return 0;
}

static __always_inline void task_fill(struct rec_task *r, struct task_struct *task, __u64 ts)
{
	head_init(&r->h, ts, OF(task, pid));
	r->files = (__u64)OF(plain(task), files);
	r->tgid = OF(task, tgid);
	r->parent = OF(plain(task), real_parent, tgid);
	bpf_probe_read_kernel_str(r->comm, sizeof(r->comm), task->comm);
}

/* Of the current thread, or the first one of its process. Global: records have a stack of their own (512 bytes for all that is called). */
__noinline int task_told(STATE_ARG arg, __u64 ts, __u32 of_leader)
{
	struct task_state *st = state_of(arg);
	struct task_struct *task = this_task();
	struct rec_task r = {};

	if (!st)
		return 0;
	task_fill(&r, of_leader ? OF(plain(task), group_leader) : task, ts);
	if (emit(&r.h, REC_TASK, sizeof(r)))
		return 0;
	st->files = r.files;
	st->since = ts;
	pids_tell(ts);
	return 0;
}

/* Tells of the current thread when it is seen for the first time, and when it uses another descriptor table. */
static __always_inline void task_tell(struct task_state *st, struct task_struct *task, __u64 ts)
{
	if ((__u64)OF(plain(task), files) != st->files || st->since < file_start)
		task_told(TO_ARG(st), ts, false);
}

/* A fact about a socket that stands before the record of the call at hand. */
__noinline int call_fact(STATE_ARG arg, enum fact_kind kind, __u64 sk, __s64 value, __u64 other)
{
	struct task_state *st = state_of(arg);
	struct rec_fact r;

	if (!st)
		return 0;
	r = (struct rec_fact){ .sk = sk, .value = value, .other = other, .fact = kind };
	r.h.call = 0;
	fact_of_call(&r, &st->buf.call);
	fact_send(&r);
	return 0;
}

#endif
