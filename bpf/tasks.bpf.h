/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tasks: fork, exec and exit of what is traced, and the two walks over all tasks: one marks the threads of the selected
 * processes, one tells of the calls that have not returned.
 */
#ifndef SOCKLIFE_TASKS_BPF_H
#define SOCKLIFE_TASKS_BPF_H

#include "connection.bpf.h"
#include "select.bpf.h"

/*
 * What a thread does is told by one of two programs. Where a task may be preempted in one (twice.bpf.h) the loader takes
 * those called steady_, of perf's tracepoints, which hold it still (include/trace/perf.h), but those of single system
 * calls do not (trace_call_bpf_faultable(), since 7.2).
 */
extern struct task_struct *bpf_task_from_pid(int pid) __ksym __weak; /* since 6.2 */
extern void bpf_task_release(struct task_struct *task) __ksym __weak;

/* Between here and sched_process_fork the descriptor table is copied. */
static __always_inline int clone_enter(void)
{
	struct task_state *st = stopped ? 0 : state_get(this_task());

	if (st)
		st->cloned = bpf_ktime_get_ns();
	return 0;
}

ENTER(fork, clone_enter())
ENTER(vfork, clone_enter())
ENTER(clone, clone_enter())
ENTER(clone3, clone_enter())

/* What exec closes has gone when sched_process_exec tells of it. */
static __always_inline int exec_enter(void)
{
	if (io_mode && !stopped && state_get(this_task()))
		table_sums_tell(0, ~0u, bpf_ktime_get_ns());
	return 0;
}

ENTER(execve, exec_enter())
ENTER(execveat, exec_enter())

/* unshare(CLONE_FILES) gives the thread a table of its own. */
static __always_inline int unshare_exit(void)
{
	struct task_struct *task = this_task();
	struct task_state *st = stopped ? 0 : state_get(task);

	if (st)
		task_tell(st, task, bpf_ktime_get_ns());
	return 0;
}

EXIT(unshare, unshare_exit())

static __always_inline int forked(struct task_struct *parent, struct task_struct *child)
{
	bool inherits = follow || OF(child, tgid) == OF(parent, tgid), selected;
	struct rec_fork r = {};
	struct task_state *st;
	long lost;

	if (stopped)
		return 0;
	st = state_look(parent);
	selected = st && inherits && st->mark.flags & TASK_TRACED;
	if (!selected && (!select_by || !child_selected(child, st, inherits)))
		return 0;
	if (!st || !(st->mark.flags & TASK_TRACED)) { /* it is told of at its first call */
		st = state_make(child, TASK_TRACED);
		if (st && OF(child, pid) == OF(child, tgid))
			process_matched(st);
		return 0;
	}
	head_init(&r.h, bpf_ktime_get_ns(), OF(parent, pid));
	task_tell(st, parent, r.h.ts);
	r.took = st->cloned ? r.h.ts - st->cloned : 0;
	st->cloned = 0;
	r.from = (__u64)OF(parent, files);
	r.files = (__u64)OF(child, files);
	r.tid = OF(child, pid);
	r.tgid = OF(child, tgid);
	r.parent_tgid = OF(parent, tgid);
	bpf_probe_read_kernel_str(r.comm, sizeof(r.comm), child->comm);
	lost = emit(&r.h, REC_FORK, sizeof(r));
	st = state_make(child, TASK_TRACED);
	if (st && !lost) { /* else it is told of at its first call */
		st->files = r.files;
		st->since = r.h.ts;
	}
	pids_send(child, r.h.ts);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(task_fork, struct task_struct *parent, struct task_struct *child)
{
	return forked(parent, child);
}

SEC("tracepoint/sched/sched_process_fork")
int steady_fork(struct trace_event_raw_sched_process_fork *ctx)
{
	struct task_struct *child = bpf_task_from_pid(ctx->child_pid);

	if (!child)
		return 0;
	forked(this_task(), child);
	bpf_task_release(child);
	return 0;
}

#define EXEC_FILE 1024
#define EXEC_ARGS 3072

struct exec_buf {
	struct rec_exec exec;
	char data[EXEC_FILE + EXEC_ARGS + 8]; /* and the padding */
};

static __always_inline void exec_fill(struct exec_buf *b, struct task_struct *task, const char *file)
{
	__u64 from = OF(task, mm, arg_start), all = OF(task, mm, arg_end) - from, n, at;
	long len;

	len = bpf_probe_read_kernel_str(b->data, EXEC_FILE, file);
	at = len > 0 ? len - 1 : 0;
	barrier_var(at);
	if (at > EXEC_FILE)
		at = 0;
	n = all > EXEC_ARGS ? EXEC_ARGS : all;
	barrier_var(n);
	if (n > EXEC_ARGS || bpf_probe_read_user(b->data + at, n, (void *)from))
		n = 0;
	__builtin_memset(b->data + at + n, 0, 8);
	b->exec.file_len = at;
	b->exec.args_len = n;
	b->exec.args_all = all;
}

static __always_inline int execed(struct task_struct *task, int old_pid, const char *file)
{
	struct task_state *st;
	struct exec_buf *b;

	if (stopped)
		return 0;
	if (old_pid != OF(task, pid)) /* it has the first thread's number now */
		state_end(old_pid);
	st = process_changed(task, 0); /* its user may be another's */
	b = st ? emit_begin(REC_EXEC, sizeof(*b)) : 0;
	if (!b)
		return 0;
	__builtin_memset(b->exec.comm, 0, sizeof(b->exec.comm));
	head_init(&b->exec.h, bpf_ktime_get_ns(), OF(task, pid));
	b->exec.files = st->files = (__u64)OF(task, files);
	st->since = b->exec.h.ts;
	b->exec.tgid = OF(task, tgid);
	b->exec.old_tid = old_pid;
	b->exec.parent = OF(task, real_parent, tgid);
	bpf_probe_read_kernel_str(b->exec.comm, sizeof(b->exec.comm), task->comm);
	exec_fill(b, task, file);
	b->exec.h.len = sizeof(b->exec) + PAD8(b->exec.file_len + b->exec.args_len);
	bpf_ringbuf_submit(b, compat_look(task) ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
	st->open = 0;
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(task_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	return execed(task, old_pid, bprm->filename);
}

SEC("tracepoint/sched/sched_process_exec")
int steady_exec(struct trace_event_raw_sched_process_exec *ctx)
{
	return execed(this_task(), ctx->old_pid, (const char *)ctx + (ctx->__data_loc_filename & 0xffff));
}

#define SIGNAL_GROUP_EXIT 4 /* include/linux/sched/signal.h */

/* Fires before the descriptors are closed; signal->live no longer counts this thread. */
static __always_inline void exit_tell(struct task_struct *task)
{
	struct rec_exit r = {};

	head_init(&r.h, bpf_ktime_get_ns(), OF(task, pid));
	r.tgid = OF(task, tgid);
	r.live = OF(task, signal, live.counter);
	r.code = OF(task, signal, flags) & SIGNAL_GROUP_EXIT ? OF(task, signal, group_exit_code) : OF(task, exit_code);
	if (io_mode && !r.live)
		table_sums_tell(0, ~0u, r.h.ts);
	emit(&r.h, REC_EXIT, sizeof(r));
}

/* What is known of a first thread is of use while there are others. */
static __always_inline int exited(struct task_struct *task)
{
	if (stopped)
		return 0;
	if (state_get(task) || is_worker(task))
		exit_tell(task);
	if (OF(task, pid) != OF(task, tgid))
		state_end(OF(task, pid));
	if (!OF(task, signal, live.counter))
		state_end(OF(task, tgid));
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(task_exit, struct task_struct *task)
{
	return exited(task);
}

SEC("tracepoint/sched/sched_process_exit")
int steady_exit(void *ctx)
{
	return exited(this_task());
}

/* The loader marks the first thread of each process that was asked for; this finds out which are traced, and marks all threads. */
SEC("iter/task")
int task_select(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_state *leader;
	__u32 flags;

	if (!task)
		return 0;
	leader = state_at(OF(task, group_leader));
	flags = leader ? leader->mark.flags : 0;
	if (is_selected(OF(task, group_leader), 0, flags))
		flags |= TASK_TRACED;
	if (flags && state_make(task, flags) && flags & TASK_TRACED)
		compat_look(task);
	return 0;
}

/* After the stop: what is still open in a thread's state has not returned. */
SEC("iter/task")
int task_blocked(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_state *st;
	struct rec_call *c;
	__u64 now, len;

	if (!task)
		return 0;
	st = state_at(task);
	if (!st || !st->open)
		return 0;
	c = &st->buf.call;
	now = bpf_ktime_get_ns();
	c->dur = now - c->h.ts;
	c->h.ts = now;
	c->h.flags = CALL_OPEN | (c->h.flags & VIA_FLAGS);
	if (c->sk) {
		view_read(st, c->sk, &c->kstate, &c->shutdown, &c->view);
		sock_announce(TO_ARG(st), c->sk, st->found.socket);
	}
	len = sizeof(*c) + PAD8(c->data_len);
	barrier_var(len);
	if (len <= sizeof(st->buf))
		emit(&c->h, REC_CALL, len);
	st->open = 0;
	return 0;
}

/* After the stop: how full the queues of listeners are, and what they dropped. */
SEC("iter/task_file")
int file_queue(struct bpf_iter__task_file *ctx)
{
	struct file *file = ctx->file;
	struct rec_fact r;
	__u16 family = 0;
	__u8 kstate = 0;
	__u64 sk = 0;

	if (!file || (__u64)file->f_op != socket_ops)
		return 0;
	READ_BYTES(sk, file->private_data, struct socket, sk);
	READ_BYTES(kstate, sk, struct sock, __sk_common.skc_state);
	READ_BYTES(family, sk, struct sock, __sk_common.skc_family);
	if (kstate != TCP_LISTEN || !has_queue(family) || !bpf_map_lookup_elem(&sockets, &sk))
		return 0;
	r = queue_fact(sk, transport_of(sk), family);
	fact_send(&r);
	return 0;
}

/* Run once by the loader on a socket of its own: the address of socket_file_ops is nowhere else to be had, nor is a level. */
SEC("raw_tp")
int probe_socket(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = this_task();
	struct fdtable *fdt = OF(task, files, fdt);
	__u64 ops = 0, socket = 0, file = 0, pid = pid_of(task);
	__u32 inum = 0, level = pid_level(pid);

	own_pids.level = level;
	pid_at(pid, level, &inum);
	own_pids.ns = inum;
	bpf_probe_read_kernel(&file, sizeof(file), OF(fdt, fd) + ctx->args[0]);
	READ_BYTES(ops, file, struct file, f_op);
	READ_BYTES(socket, file, struct file, private_data);
	probe_answer.ops = ops;
	probe_answer.inode = socket_inode(socket);
	return 0;
}

#endif
