/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Native system calls: a pair of programs per row of syscalls.h, all from one body. What is not selected and what is no
 * socket is refused first; the record grows in the thread's own storage and is sent whole at exit.
 */
#ifndef SOCKLIFE_CALLS_BPF_H
#define SOCKLIFE_CALLS_BPF_H

#include "control.bpf.h"
#include "waits.bpf.h"

struct row {
	__u32 id;
	bool at_entry; /* it has effects then: close frees the number at once, connect starts an attempt */
	bool sends, receives, closes, listens;
	bool connects, learns; /* what became of a connect() */
	bool net;
	enum call_fds fds;
	enum call_mem mem;
	__u32 at, argc;
};

static __always_inline void view_call(struct task_state *st, struct rec_call *c)
{
	view_read(st, c->sk, &c->kstate, &c->shutdown, &c->view);
}

static __always_inline void send_call(struct call_buf *b)
{
	__u64 len = sizeof(b->call) + PAD8(b->call.data_len);

	barrier_var(len);
	if (len <= sizeof(*b))
		emit(&b->call.h, REC_CALL, len);
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

static __always_inline __u32 length_given(const struct rec_call *c, enum call_mem mem, __u32 at)
{
	if (at > 4)
		return 0;
	if (mem == MEM_ADDR_OUT || mem == MEM_OPT_OUT)
		return c->args[at] ? copy_len(c->args[at + 1]) : 0;
	return mem == MEM_ADDR_IN || mem == MEM_OPT_IN ? c->args[at + 1] : 0;
}

static __always_inline void call_entered(struct task_state *st, struct rec_call *c, const struct row row)
{
	if (c->sk) {
		view_call(st, c);
		if (sock_changed(st, c, st->found.socket))
			sock_announce(st, c->sk, st->found.socket);
		if (row.closes)
			unread_tell(c);
	}
	c->h.flags = CALL_ENTERED;
	send_call(&st->buf);
	c->h.flags = 0;
}

/* The socket that the call is made on, and the one that it closes. */
static __always_inline void call_find(struct task_state *st, struct task_struct *task, const struct sys_enter *ctx,
				      const struct row row, struct found *closed)
{
	st->found = *closed;
	st->buf.call.h.flags = 0;
	if (row.fds == FDS_TAKES || row.fds == FDS_ACCEPTS || row.fds == FDS_REPLACES || row.fds == FDS_SPLICES)
		fd_find(st, task, ctx->args[0], &st->found);
	if (row.fds == FDS_REPLACES)
		fd_find(st, task, ctx->args[1], closed);
	if (row.fds == FDS_SPLICES && !st->found.sk) {
		fd_find(st, task, ctx->args[2], &st->found);
		st->buf.call.h.flags = CALL_SECOND;
	}
}

static __always_inline int call_enter(struct sys_enter *ctx, const struct row row)
{
	struct found closed = {};
	struct task_struct *task;
	struct task_state *st;
	struct rec_call *c;
	__u32 given;

	if (stopped)
		return 0;
	task = bpf_get_current_task_btf();
	st = state_get(task);
	if (!st)
		return 0;
	st->begun = 1;
	call_find(st, task, ctx, row, &closed);
	if (!row.net && !st->found.sk && !closed.sk && row.fds != FDS_RANGE && row.fds != FDS_GETS)
		return 0;
	c = &st->buf.call;
	c->h.ts = bpf_ktime_get_ns();
	c->h.tid = task->pid;
	task_tell(st, task, c->h.ts);
	c->h.call = row.id;
	c->dur = 0;
	c->ret = 0;
	c->sk = st->found.sk;
	c->sk2 = closed.sk;
	c->kstate = c->shutdown = 0;
	c->view = 0;
	c->data_kind = DATA_NONE;
	c->data_len = 0;
	args_read(c->args, ctx, row.argc);
	given = length_given(c, row.mem, row.at);
	copy_enter(&st->buf, row.mem, c->args[row.at], given, &given);
	if (row.mem != MEM_NONE)
		st->given = given;
	if (st->open)
		count_loss(LOSS_UNPAIRED);
	st->open = row.id + 1;
	if (closed.sk)
		sock_announce(st, closed.sk, closed.socket);
	if (row.receives && c->sk && !(c->h.flags & CALL_SECOND))
		receive_enter(st, c->sk);
	if (row.sends)
		st->segment = 0;
	if (row.mem == MEM_MSG_IN && c->sk)
		control_look(st, c->args[1], false);
	if (row.mem == MEM_MMSG_IN && c->sk)
		control_look_all(st, c->args[1], c->args[2], false);
	if (row.at_entry && (c->sk || row.fds == FDS_RANGE))
		call_entered(st, c, row);
	return 0;
}

/* The sockets that a call has made are told of before it. */
static __always_inline void made_tell(struct task_state *st, struct task_struct *task, __u32 fd, __u64 *sk)
{
	struct found f = {};

	fd_find(st, task, fd, &f);
	*sk = f.sk;
	if (f.sk)
		sock_announce(st, f.sk, f.socket);
}

static __always_inline void made_tell_all(struct task_state *st, struct task_struct *task, const struct row row)
{
	struct rec_call *c = &st->buf.call;

	if (row.fds == FDS_MAKES || row.fds == FDS_GETS) {
		made_tell(st, task, c->ret, &c->sk);
	} else if (row.fds == FDS_ACCEPTS) {
		made_tell(st, task, c->ret, &c->sk2);
	} else if (row.fds == FDS_PAIR && c->data_kind == DATA_PAIR) {
		made_tell(st, task, st->buf.pair[0], &c->sk);
		made_tell(st, task, st->buf.pair[1], &c->sk2);
	}
}

/* A descriptor that names another file by now was closed meanwhile, and its socket may be gone. */
static __always_inline void view_at_exit(struct task_state *st, struct task_struct *task, const struct row row)
{
	struct rec_call *c = &st->buf.call;

	if (row.fds == FDS_MAKES || row.fds == FDS_GETS || row.fds == FDS_PAIR || !c->sk || row.closes)
		return;
	if (fd_file(st, task, c->args[c->h.flags & CALL_SECOND ? 2 : 0]) != st->found.file) {
		c->h.flags |= CALL_NO_FILE;
		return;
	}
	view_call(st, c);
	if (!(row.sends || row.receives) || sock_changed(st, c, st->found.socket))
		sock_announce(st, c->sk, st->found.socket);
}

#define SO_ERROR 4
#define EINPROGRESS 115

/* connect(2): it goes on in the kernel, also after a signal; the program has yet to learn how it ended. */
static __always_inline void connecting_exit(struct rec_call *c, const struct row row)
{
	__u16 family = 0;

	READ(family, c->sk, struct sock, __sk_common.skc_family);
	if (family != AF_INET && family != AF_INET6)
		return;
	if (row.connects && (c->kstate == TCP_SYN_SENT || c->ret == -EINPROGRESS))
		connecting_add(c->sk);
	else if (row.learns && c->kstate != TCP_SYN_SENT &&
		 (row.id != CALL_getsockopt || (c->args[1] == SOL_SOCKET && c->args[2] == SO_ERROR)))
		connecting_end(c->sk);
}

/* What stands in front of the return's record: see enum fact_kind. */
static __always_inline void facts_exit(struct task_state *st, const struct row row)
{
	struct rec_call *c = &st->buf.call;

	if (!(c->h.flags & CALL_NO_FILE) && (row.listens || (row.fds == FDS_ACCEPTS && c->sk2)) && c->sk && c->ret >= 0)
		queue_went(c);
	if (row.mem == MEM_MSG_OUT && c->ret >= 0)
		control_look(st, c->args[1], true);
	if (row.mem == MEM_MMSG_OUT && c->ret > 0)
		control_look_all(st, c->args[1], c->ret, true);
	if (c->sk && row.receives && !(c->h.flags & CALL_SECOND))
		receive_exit(st, c->h.flags & CALL_NO_FILE);
	if (!c->sk || c->h.flags & CALL_NO_FILE)
		return;
	if (row.sends)
		send_exit(st);
	if (row.connects || (row.learns && connecting_count > 0))
		connecting_exit(c, row);
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

/* A call that was in progress when the trace began is met at its return. */
static __always_inline void call_late(struct task_state *st, struct task_struct *task, const struct row row)
{
	struct rec_call *c = &st->buf.call;
	struct found none = {};

	st->found = none;
	if ((row.fds != FDS_TAKES && row.fds != FDS_ACCEPTS) || row.closes || !args_of_task(c->args, task))
		return;
	fd_find(st, task, c->args[0], &st->found);
	if (!st->found.sk)
		return;
	c->h.ts = bpf_ktime_get_ns();
	c->h.tid = task->pid;
	c->h.call = row.id;
	c->h.flags = CALL_LATE;
	task_tell(st, task, c->h.ts);
	c->sk = st->found.sk;
	c->sk2 = 0;
	c->data_kind = DATA_NONE;
	c->data_len = 0;
	st->datagram = st->segment = 0;
	st->given = length_given(c, row.mem, row.at);
	st->open = row.id + 1;
}

static __always_inline int call_exit(struct sys_exit *ctx, const struct row row)
{
	struct task_struct *task;
	struct task_state *st;
	struct rec_call *c;
	__u64 now;

	if (stopped)
		return 0;
	task = bpf_get_current_task_btf();
	st = bpf_task_storage_get(&tasks, task, 0, 0);
	if (!st && trace_all)
		st = state_make(task);
	if (!st)
		return 0;
	if (!st->begun && st->mark.flags & TASK_TRACED)
		call_late(st, task, row);
	st->begun = 1;
	if (st->open != row.id + 1)
		return 0;
	st->open = 0;
	c = &st->buf.call;
	now = bpf_ktime_get_ns();
	c->dur = c->h.flags & CALL_LATE ? 0 : now - c->h.ts;
	c->h.ts = now;
	c->ret = ctx->ret;
	if (c->ret >= 0) {
		copy_exit(&st->buf, row.mem, c->args[row.at], row.at < 5 ? c->args[row.at + 1] : 0, st->given, c->ret);
		made_tell_all(st, task, row);
	}
	if (row.fds == FDS_GETS && !c->sk)
		return 0;
	if (row.fds == FDS_RANGE)
		task_tell(st, task, now);
	view_at_exit(st, task, row);
	facts_exit(st, row);
	send_call(&st->buf);
	return 0;
}

#define CALL(name_, verb_, net_, fds_, mem_, at_, args_) \
	SEC("tracepoint/syscalls/sys_exit_" #name_) \
	int exit_##name_(struct sys_exit *ctx) \
	{ \
		return call_exit(ctx, ROW(name_, verb_, net_, fds_, mem_, at_, args_)); \
	} \
	SEC("tracepoint/syscalls/sys_enter_" #name_) \
	int enter_##name_(struct sys_enter *ctx) \
	{ \
		return call_enter(ctx, ROW(name_, verb_, net_, fds_, mem_, at_, args_)); \
	}
#define ARG(name, kind) +1
#define IS(verb, name) !__builtin_strcmp(#verb, #name)
#define ROW(name_, verb_, net_, fds_, mem_, at_, args_) \
	((struct row){ \
		.id = CALL_##name_, \
		.at_entry = IS(verb_, CLOSE) || IS(verb_, CLOSE_RANGE) || IS(verb_, CONNECT), \
		.sends = IS(verb_, SEND), \
		.receives = IS(verb_, RECV) || IS(verb_, SPLICE), \
		.closes = IS(verb_, CLOSE), \
		.listens = IS(verb_, LISTEN), \
		.connects = IS(verb_, CONNECT), \
		.learns = IS(verb_, CONNECT) || IS(verb_, SEND) || IS(verb_, RECV) || CALL_##name_ == CALL_getsockopt, \
		.net = CALL_##net_, \
		.fds = FDS_##fds_, \
		.mem = MEM_##mem_, \
		.at = at_, \
		.argc = 0 args_, \
	})

SYSCALLS(CALL)

#endif
