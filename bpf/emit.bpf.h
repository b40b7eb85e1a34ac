/* SPDX-License-Identifier: GPL-2.0-only */
/* Into the ring of this CPU, numbered; what does not fit is counted, and its number leaves the gap. */
#ifndef SOCKLIFE_EMIT_BPF_H
#define SOCKLIFE_EMIT_BPF_H

#include "state.bpf.h"

/* The rest of the head is the caller's: ts, tid, call, flags. 0 or a negative number: lost. */
static __always_inline long emit(struct rec_head *h, __u8 kind, __u64 len)
{
	__u32 cpu = bpf_get_smp_processor_id();
	struct cpu_state *cs = cpu_state(cpu);
	__u64 flags = BPF_RB_NO_WAKEUP;
	void *ring;
	long err = -1;

	if (!cs)
		return -1;
	h->kind = kind;
	h->len = len;
	h->cpu = cpu;
	h->seq = __sync_fetch_and_add(&cs->seq, 1);
	ring = bpf_map_lookup_elem(&rings, &cpu);
	if (ring) {
		cs->unwoken += len;
		if (cs->unwoken > wake_at) { /* a wake-up costs microseconds, and the reader polls anyway */
			cs->unwoken = 0;
			flags = BPF_RB_FORCE_WAKEUP;
		}
		err = bpf_ringbuf_output(ring, h, len, flags);
	}
	if (err)
		__sync_fetch_and_add(&cs->lost[LOSS_RING_FULL], 1);
	return err;
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

/* The number that a thread has in a pid namespace of its own or above, by its level. */
static __always_inline __u32 pid_at(struct pid *pid, __u32 level, __u32 *inum)
{
	__u64 upid = (__u64)pid->numbers + level * bpf_core_type_size(struct upid), ns = 0;
	__u32 nr = 0;

	bpf_probe_read_kernel(&nr, sizeof(nr), &((struct upid *)upid)->nr);
	bpf_probe_read_kernel(&ns, sizeof(ns), &((struct upid *)upid)->ns);
	bpf_probe_read_kernel(inum, sizeof(*inum), &((struct pid_namespace *)ns)->ns.inum);
	return nr;
}

/* 0: it is not to be seen from there. */
static __always_inline __u32 pid_seen(struct pid *pid)
{
	__u32 inum = 0, nr = pid->level < own_pids.level ? 0 : pid_at(pid, own_pids.level, &inum);

	return inum == own_pids.ns ? nr : 0;
}

/* false: it has no other numbers than those that every record has. */
static __always_inline bool pids_fill(struct rec_fact *r, struct task_struct *task, __u64 ts)
{
	struct pid *pid = plain(task)->thread_pid, *first = plain(task)->group_leader->thread_pid;
	__u32 inum;

	if (!own_pids.level && !pid->level)
		return false;
	*r = (struct rec_fact){ .fact = FACT_PIDS };
	head_init(&r->h, ts, task->pid);
	r->extra = pid_at(pid, pid->level, &inum);
	r->value = pid_at(first, first->level, &inum);
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
	pids_send(bpf_get_current_task_btf(), ts);
	return 0;
}

static __always_inline void task_fill(struct rec_task *r, struct task_struct *task, __u64 ts)
{
	head_init(&r->h, ts, task->pid);
	r->files = (__u64)plain(task)->files;
	r->tgid = task->tgid;
	r->parent = plain(task)->real_parent->tgid;
	bpf_probe_read_kernel_str(r->comm, sizeof(r->comm), task->comm);
}

/* Tells of the current thread when it is seen for the first time, and when it uses another descriptor table. */
static __always_inline void task_tell(struct task_state *st, struct task_struct *task, __u64 ts)
{
	struct rec_task r = {};

	if ((__u64)plain(task)->files == st->files && st->since >= file_start)
		return;
	task_fill(&r, task, ts);
	if (emit(&r.h, REC_TASK, sizeof(r)))
		return;
	st->files = r.files;
	st->since = ts;
	pids_tell(ts);
}

#endif
