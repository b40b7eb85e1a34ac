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

/* Tells of a thread when it is seen for the first time, and when it uses another descriptor table. */
static __always_inline void task_tell(struct task_state *st, struct task_struct *task, __u64 ts)
{
	__u64 files = (__u64)task->files;
	struct rec_task r = {};

	if (files == st->files)
		return;
	head_init(&r.h, ts, task->pid);
	r.files = files;
	r.tgid = task->tgid;
	r.parent = task->real_parent->tgid;
	bpf_probe_read_kernel_str(r.comm, sizeof(r.comm), task->comm);
	if (!emit(&r.h, REC_TASK, sizeof(r)))
		st->files = files;
}

#endif
