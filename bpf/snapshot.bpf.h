/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was there before the programs were: one walk over the files of all tasks tells of each descriptor of a socket
 * that a traced task has, another one of the calls that are blocked. They write to their iterator's own file, which is read
 * at the reader's pace: no ring can be too small. The rest of the head (CPU, number) is the reader's to fill in.
 *
 * Live records beat these. A program that is run again, as the file was full, has told nothing before.
 */
#ifndef SOCKLIFE_SNAPSHOT_BPF_H
#define SOCKLIFE_SNAPSHOT_BPF_H

#include "pair.bpf.h"

volatile __u64 walk_from; /* only processes that came to match since then are told of; 0: all */
volatile __u32 walk_ends; /* blocked calls are told as open when the file before this one ended */

static __always_inline bool is_due(struct task_struct *task)
{
	struct task_state *leader = walk_from ? state_at(OF(task, group_leader)) : 0;

	return !walk_from || (leader && leader->mark.matched >= walk_from);
}

static __always_inline long put(struct seq_file *seq, struct rec_head *h, __u8 kind, __u64 len)
{
	h->kind = kind;
	h->len = len;
	return bpf_seq_write(seq, h, len);
}

static __always_inline long put_fact(struct seq_file *seq, struct rec_fact *r)
{
	return put(seq, &r->h, REC_FACT, sizeof(*r));
}

/* Once for each task of the walk and each table. */
static __always_inline long put_task(struct seq_file *seq, const struct look *at, struct task_struct *task, __u64 ts)
{
	struct rec_task r = {};
	struct rec_fact pids;

	task_fill(&r, task, ts);
	r.h.flags = TASK_FOUND;
	if (at->files == r.files && at->tid == r.h.tid && at->since >= file_start)
		return 0;
	if (put(seq, &r.h, REC_TASK, sizeof(r)) || (pids_fill(&pids, task, ts) && put_fact(seq, &pids)))
		return -1;
	return 0;
}

static __always_inline long put_found(struct seq_file *seq, __u64 sk, struct seen *now, __u64 ts, __u32 tid)
{
	struct rec_fact r = fact_make(FACT_FOUND, sk, 0);
	__u16 family = 0;

	found_fill(&r, sk, now->kstate);
	r.h.ts = ts;
	r.h.tid = tid;
	if (put_fact(seq, &r))
		return -1;
	READ(family, sk, struct sock, __sk_common.skc_family);
	now->queued = 0;
	if (now->kstate != TCP_LISTEN || !has_queue(family))
		return 0;
	r = queue_fact(sk, transport_of(sk), family);
	r.h.ts = ts;
	now->queued = r.value;
	return put_fact(seq, &r);
}

static __always_inline long put_sock(struct seq_file *seq, struct look *at, const struct found *f, __u64 ts, __u32 tid)
{
	__u64 inode = socket_inode(f->socket), len;
	struct seen *now = &at->st.seen, *old = seen_at(f->sk, inode, ts);
	struct rec_sock r = {};

	at->sk = 0;
	if (old && old->found)
		return 0;
	sock_fill(&r, f->sk, inode, ts, tid);
	if (put(seq, &r.h, REC_SOCK, sizeof(r)))
		return -1;
	len = name_look(&at->st, f->sk, inode, ts, tid);
	barrier_var(len);
	if (len > sizeof(at->st.name) || put(seq, &at->st.name.name.h, REC_NAME, len) ||
	    put_found(seq, f->sk, now, ts, tid))
		return -1;
	if (old)
		now->since = old->since;
	now->found = true;
	at->sk = f->sk;
	return 0;
}

/* All has been written. */
static __always_inline void put_done(struct look *at, struct task_struct *task, __u64 ts)
{
	at->files = (__u64)OF(task, files);
	at->since = ts;
	at->tid = OF(task, pid);
	if (!at->sk)
		return;
	sock_keep(TO_ARG(&at->st), at->sk);
}

extern const void pollwake __ksym __weak; /* fs/select.c */

#define WAITERS 64

/* poll and select have each file open that they wait for (__pollwait()): nobody who could use it later. */
static __always_inline __u32 poll_count(__u64 sk)
{
	__u64 queue = 0, head, node = 0, func;
	__u32 count = 0;

	READ_BYTES(queue, sk, struct sock, sk_wq);
	head = (__u64) & ((struct socket_wq *)queue)->wait.head;
	READ_BYTES(node, head, struct list_head, next);
	for (__u32 i = 0; i < WAITERS && node && node != head; i++) {
		func = 0;
		READ_BYTES(func, node - bpf_core_field_offset(struct wait_queue_entry, entry), struct wait_queue_entry,
			   func);
		count += func && func == (__u64)&pollwake;
		READ_BYTES(node, node, struct list_head, next);
	}
	return count;
}

#define O_NONBLOCK 04000 /* include/uapi/asm-generic/fcntl.h */

static __always_inline __u32 held_flags(struct task_struct *task, const struct found *f, __u32 fd)
{
	struct fdtable *fdt = OF(task, files, fdt);
	__u64 word = 0, bits = (__u64)OF(fdt, close_on_exec) + fd / 64 * 8;
	__u32 flags = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (void *)bits);
	READ_BYTES(flags, f->file, struct file, f_flags);
	return (word >> fd % 64 & 1 ? HELD_CLOEXEC : 0) | (flags & O_NONBLOCK ? HELD_NONBLOCK : 0) |
	       (__u32)(file_count(f->file) - 1 - poll_count(f->sk)) << 8; /* but the walk's own */
}

#define PF_EXITING 4 /* include/linux/sched.h; it is set before sched_process_exit, its files are closed after */

static __always_inline bool is_exiting(struct task_struct *task)
{
	return OF(task, flags) & PF_EXITING;
}

/* A file may have gone from its number since the walk took hold of it: only what is there after ts counts. */
SEC("iter/task_file")
int file_snapshot(struct bpf_iter__task_file *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;
	struct look *at = look();
	struct file *file = ctx->file;
	struct found f = {};
	struct rec_fact r;

	if (!file || !task || !at || (__u64)file->f_op != socket_ops || !state_get(task) || !is_due(task))
		return 0;
	r = fact_make(FACT_HELD, 0, ctx->fd);
	r.h.tid = OF(task, pid);
	fd_find(&at->st, task, ctx->fd, &f);
	if (f.file != (__u64)file || !f.sk || is_exiting(task))
		return 0;
	r.sk = f.sk;
	r.other = (__u64)OF(task, files);
	r.extra = held_flags(task, &f, ctx->fd);
	if (put_task(seq, at, task, r.h.ts) || put_sock(seq, at, &f, r.h.ts, r.h.tid) || put_fact(seq, &r))
		return 0;
	put_done(at, task, r.h.ts);
	return 0;
}

static __always_inline bool is_blocked(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return task->__state;
	return ((struct task_struct___5_13 *)task)->state;
}

/* The call that a thread is in, which began unseen. The program's memory is not to be had: socketcall()'s stays unknown. */
static __always_inline __u32 call_of(struct task_state *at, struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86) || defined(__TARGET_ARCH_arm64)
	struct rec_call *c = &at->buf.call;
	struct pt_regs *regs;
	long number;

	if (!bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs))
		return CALLS;
	regs = task_regs(task);
#ifdef __TARGET_ARCH_x86
	number = regs->orig_ax;
	if (is_compat(task, number))
		return number == IA32_SOCKETCALL ? CALLS
						 : compat_args(at, task, regs, number, compat_door(task, number));
#else
	number = regs->syscallno;
#endif
	c->h.flags = 0;
	return args_of_task(c->args, task) ? native_call(number) : CALLS;
#else
	return CALLS;
#endif
}

/* at->buf becomes the call that the thread is in; false: none that is to be told. */
static __always_inline bool call_look(struct task_state *at, struct task_struct *task, const struct task_state *st)
{
	struct rec_call *c = &at->buf.call;
	__u32 id;

	at->found.sk = 0;
	if (st->open) {
		bpf_probe_read_kernel(c, sizeof(*c), &st->buf.call);
		id = st->open - 1;
		if (c->h.ts >= file_start || id >= CALLS || rows[id].closes)
			return false;
		at->found.sk = c->sk;
		at->found.socket = st->found.socket;
	} else {
		if (st->begun || walk_ends || !is_blocked(task))
			return false;
		id = call_of(at, task);
		if (id >= CALLS || rows[id].closes || (rows[id].fds != FDS_TAKES && rows[id].fds != FDS_ACCEPTS))
			return false;
		fd_find(at, task, c->args[0], &at->found);
		if (!at->found.sk)
			return false;
		c->h.ts = 0;
	}
	c->h.call = id;
	c->h.tid = OF(task, pid);
	c->sk = at->found.sk;
	c->sk2 = 0;
	c->ret = 0;
	c->data_kind = DATA_NONE;
	c->data_len = 0;
	return true;
}

/* Of a call that ends with the file: entered before, and not returned. Of one that the file opens with: found blocked. */
SEC("iter/task")
int task_waiting(struct bpf_iter__task *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;
	struct look *at = look();
	struct task_state *st;
	struct rec_call *c;
	__u64 entered;
	__u32 open;

	if (!task || !at)
		return 0;
	st = state_get(task);
	if (!st || !is_due(task))
		return 0;
	open = st->open;
	if (!call_look(&at->st, task, st))
		return 0;
	c = &at->st.buf.call;
	entered = c->h.ts;
	c->h.flags &= VIA_FLAGS | CALL_SECOND;
	c->h.flags |= walk_ends ? CALL_OPEN : CALL_ENTERED | CALL_LATE;
	c->h.ts = walk_ends ? file_start - 1 : bpf_ktime_get_ns();
	c->dur = walk_ends ? c->h.ts - entered : 0;
	c->view = 0;
	if (c->sk)
		view_call(&at->st, c);
	if (is_exiting(task) ||
	    (open ? st->open != open || st->buf.call.h.ts != entered : st->begun)) /* it returned meanwhile */
		return 0;
	at->sk = 0;
	if (!walk_ends &&
	    (put_task(seq, at, task, c->h.ts) || (c->sk && put_sock(seq, at, &at->st.found, c->h.ts, OF(task, pid)))))
		return 0;
	if (!put(seq, &c->h, REC_CALL, sizeof(*c)) && !walk_ends)
		put_done(at, task, c->h.ts);
	return 0;
}

#endif
