/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a call is at its entry and at its return, whichever way it came: a row of syscalls.h and its arguments. The
 * record grows in the thread's own storage and is sent whole at the end.
 */
#ifndef SOCKLIFE_CALLS_BPF_H
#define SOCKLIFE_CALLS_BPF_H

#include "connection.bpf.h"
#include "control.bpf.h"

struct row {
	__u32 id;
	bool at_entry; /* it has effects then: close frees the number at once, connect starts an attempt */
	bool sends, receives, closes, listens;
	bool connects, learns; /* what became of a connect() */
	bool net;
	bool plain; /* it changes neither a socket's life nor who holds it */
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

static __always_inline __u64 arg(const struct rec_call *c, __u32 at)
{
	if (!__builtin_constant_p(at))
		barrier_var(at);
	return at < 6 ? c->args[at] : 0;
}

static __always_inline __u32 length_given(const struct rec_call *c, enum call_mem mem, __u32 at)
{
	if (mem == MEM_ADDR_OUT || mem == MEM_OPT_OUT)
		return arg(c, at) ? copy_len(arg(c, at + 1)) : 0;
	return mem == MEM_ADDR_IN || mem == MEM_OPT_IN ? arg(c, at + 1) : 0;
}

static __always_inline void call_entered(struct task_state *st, struct rec_call *c, const struct row row)
{
	bool last = row.closes && is_last(st->found.file);
	__u16 flags = c->h.flags;

	if (c->sk) {
		view_call(st, c);
		if (sock_changed(st, c, st->found.socket))
			sock_announce(TO_ARG(st), c->sk, st->found.socket);
		if (row.closes)
			unread_tell(st);
		if (row.closes && c->kstate == TCP_LISTEN && sk_is_unix(c->sk))
			queue_went(TO_ARG(st)); /* who came was not told before Linux 6.3 */
		if (last && connecting_count > 0) /* its connect() may have failed */
			connecting_end(c->sk);
	}
	c->h.flags |= CALL_ENTERED | (last ? CALL_LAST : 0);
	send_call(&st->buf);
	c->h.flags = flags;
}

/* The socket that the call is made on, and the one that it closes. */
static __always_inline void call_find(struct task_state *st, struct task_struct *task, const struct row row)
{
	struct rec_call *c = &st->buf.call;
	struct found none = {};

	st->found = none;
	if (row.fds == FDS_TAKES || row.fds == FDS_ACCEPTS || row.fds == FDS_REPLACES || row.fds == FDS_SPLICES)
		fd_find(st, task, c->args[0], &st->found);
	if (row.fds == FDS_REPLACES)
		fd_find(st, task, c->args[1], &st->closed);
	if (row.fds == FDS_SPLICES && !st->found.sk) {
		fd_find(st, task, c->args[2], &st->found);
		c->h.flags |= CALL_SECOND;
	}
}

/* What the program hands in, and what waits to be received. */
static __always_inline void memory_look(struct task_state *st, const struct row row, bool narrow)
{
	struct rec_call *c = &st->buf.call;
	__u32 given = length_given(c, row.mem, row.at);

	copy_enter(st, row.mem, arg(c, row.at), given, &given, narrow);
	if (row.mem != MEM_NONE)
		st->given = given;
	if (row.receives && c->sk && !(c->h.flags & CALL_SECOND))
		receive_enter(TO_ARG(st), c->sk);
}

/* Descriptors that are sent make it a call that is told of. What a multishot recvmsg() returns is more than the message. */
static __always_inline void control_enter(struct task_state *st, const struct row row, bool narrow)
{
	struct rec_call *c = &st->buf.call;

	st->light =
		io_mode && c->sk && (row.sends || row.receives) && !(row.mem == MEM_MSG_OUT && c->h.flags & CALL_SHOT);
	st->rights = false;
	if (row.sends || st->light)
		st->segment = 0;
	if (st->light && row.receives && !(c->h.flags & CALL_SECOND) && receives_several(c->sk))
		receive_enter(TO_ARG(st), c->sk);
	if (!c->sk || (st->light && !control_comes(c->sk)))
		return;
	if (row.mem == MEM_MSG_IN)
		control_look(TO_ARG(st), c->args[1], false, narrow);
	if (row.mem == MEM_MMSG_IN)
		control_look_all(st, c->args[1], c->args[2], false, narrow);
	if (st->rights)
		st->light = false;
}

static __always_inline __u64 closed_sk(const struct task_state *st, const struct row row)
{
	return row.fds == FDS_REPLACES ? st->closed.sk : 0;
}

/* What was counted of the sockets that a call may end. */
static __always_inline void ended_tell(struct task_state *st, const struct row row)
{
	struct rec_call *c = &st->buf.call;

	if (row.closes && c->sk)
		sums_tell(c->sk, c->h.ts, is_last(st->found.file));
	if (closed_sk(st, row))
		sums_tell(st->closed.sk, c->h.ts, is_last(st->closed.file));
	if (row.fds == FDS_RANGE)
		table_sums_tell(c->args[0], c->args[1], c->h.ts);
}

/* c has its arguments, time, thread and flags, st->found the socket. narrow: the memory is a 32-bit program's. */
static __always_inline void call_start(struct task_state *st, const struct row row, bool at_entry, bool narrow)
{
	struct rec_call *c = &st->buf.call;

	c->h.call = row.id;
	c->dur = 0;
	c->ret = 0;
	c->sk = st->found.sk;
	c->sk2 = closed_sk(st, row);
	c->kstate = c->shutdown = 0;
	c->view = 0;
	c->data_kind = DATA_NONE;
	c->data_len = 0;
	if (io_mode)
		ended_tell(st, row);
	if (c->sk2)
		sock_announce(TO_ARG(st), c->sk2, st->closed.socket);
	if (row.receives)
		st->reading = false;
	control_enter(st, row, narrow);
	st->given = 0;
	if (!st->light)
		memory_look(st, row, narrow);
	if (at_entry && (c->sk || row.fds == FDS_RANGE))
		call_entered(st, c, row);
}

/* --family, --type: is it about a socket that is told of neither for itself nor for others' sake? */
static __always_inline bool is_left_out(const struct task_state *st, const struct row row)
{
	const __u64 *args = st->buf.call.args;

	if (!want_families && !want_types)
		return false;
	if (row.fds == FDS_MAKES || row.fds == FDS_PAIR)
		return args[0] != AF_UNIX && !sock_wanted(args[0], args[1] & SOCK_TYPE_MASK);
	if (!st->found.sk)
		return st->found.socket && !closed_sk(st, row);
	return row.plain && !sk_wanted(st->found.sk);
}

/* What is no socket is refused before anything is stored; c has its arguments and flags. */
static __always_inline bool call_admitted(struct task_state *st, struct task_struct *task, const struct row row)
{
	struct rec_call *c = &st->buf.call;

	st->begun = 1;
	call_find(st, task, row);
	if (!row.net && !st->found.sk && !closed_sk(st, row) && row.fds != FDS_RANGE && row.fds != FDS_GETS &&
	    row.fds != FDS_SLOTS)
		return false;
	if (is_left_out(st, row))
		return false;
	c->h.ts = bpf_ktime_get_ns();
	c->h.tid = OF(task, pid);
	task_tell(st, task, c->h.ts);
	if (st->open)
		count_loss(LOSS_UNPAIRED);
	st->open = row.id + 1;
	return true;
}

/* The sockets that a call has made are told of before it. */
static __always_inline void made_tell(struct task_state *st, struct task_struct *task, __u32 fd, __u64 *sk)
{
	struct found f = {};

	fd_find(st, task, fd, &f);
	*sk = f.sk;
	if (f.sk)
		sock_announce(TO_ARG(st), f.sk, f.socket);
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

/* same: the descriptor still names the file; if not, it was closed meanwhile and its socket may be gone. */
static __always_inline void view_at_exit(struct task_state *st, const struct row row, bool same)
{
	struct rec_call *c = &st->buf.call;

	if (!same) {
		c->h.flags |= CALL_NO_FILE;
		return;
	}
	view_call(st, c);
	if (!(row.sends || row.receives) || sock_changed(st, c, st->found.socket))
		sock_announce(TO_ARG(st), c->sk, st->found.socket);
}

static __always_inline bool has_view(const struct rec_call *c, const struct row row)
{
	return row.fds != FDS_MAKES && row.fds != FDS_GETS && row.fds != FDS_PAIR && c->sk && !row.closes;
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
static __always_inline void facts_exit(struct task_state *st, const struct row row, bool narrow)
{
	struct rec_call *c = &st->buf.call;

	if (!(c->h.flags & CALL_NO_FILE) && (row.listens || (row.fds == FDS_ACCEPTS && c->sk2)) && c->sk && c->ret >= 0)
		queue_went(TO_ARG(st));
	if (row.fds == FDS_ACCEPTS && c->sk2 && c->ret >= 0)
		queued_tell(TO_ARG(st));
	/* A multishot receive puts its messages into other buffers. */
	if (row.mem == MEM_MSG_OUT && c->ret >= 0 && !st->light && !(c->h.flags & CALL_SHOT))
		control_look(TO_ARG(st), c->args[1], true, narrow);
	if (row.mem == MEM_MMSG_OUT && c->ret > 0 && !st->light)
		control_look_all(st, c->args[1], c->ret, true, narrow);
	if (c->sk && row.receives)
		receive_exit(st, c->h.flags & CALL_NO_FILE, narrow);
	if (!c->sk || c->h.flags & CALL_NO_FILE)
		return;
	if (row.sends)
		send_exit(st);
	if (row.connects || (row.learns && connecting_count > 0))
		connecting_exit(c, row);
}

static __always_inline void call_returned(struct task_state *st, __s64 ret)
{
	struct rec_call *c = &st->buf.call;
	__u64 now = bpf_ktime_get_ns();

	c->dur = c->h.flags & CALL_LATE ? 0 : now - c->h.ts;
	c->h.ts = now;
	c->ret = ret;
}

/* What a call that succeeded has left in the program's memory and among its descriptors. */
static __always_inline void call_results(struct task_state *st, struct task_struct *task, const struct row row,
					 bool narrow)
{
	struct rec_call *c = &st->buf.call;

	copy_exit(st, row.mem, arg(c, row.at), arg(c, row.at + 1), st->given, c->ret, narrow);
	if (!(c->h.flags & CALL_MADE_DIRECT))
		made_tell_all(st, task, row);
}

/* A call that was in progress when the trace began is met at its return; c has its arguments and flags. */
static __always_inline void call_late(struct task_state *st, struct task_struct *task, const struct row row)
{
	struct rec_call *c = &st->buf.call;
	struct found none = {};

	st->found = none;
	if ((row.fds != FDS_TAKES && row.fds != FDS_ACCEPTS) || row.closes)
		return;
	fd_find(st, task, c->args[0], &st->found);
	if (!st->found.sk || is_left_out(st, row))
		return;
	c->h.ts = bpf_ktime_get_ns();
	c->h.tid = OF(task, pid);
	c->h.call = row.id;
	c->h.flags |= CALL_LATE;
	task_tell(st, task, c->h.ts);
	c->sk = st->found.sk;
	c->sk2 = 0;
	c->data_kind = DATA_NONE;
	c->data_len = 0;
	st->datagram = st->segment = 0;
	st->reading = st->light = false;
	st->given = length_given(c, row.mem, row.at);
	st->open = row.id + 1;
}

static __always_inline __u32 own_fd(const struct rec_call *c)
{
	return c->args[c->h.flags & CALL_SECOND ? 2 : 0];
}

static __always_inline bool names_same(struct task_state *st, struct task_struct *task)
{
	const struct rec_call *c = &st->buf.call;

	return fd_file(st, task, own_fd(c)) == st->found.file;
}

#define ARG(name, kind) +1
#define IS(verb, name) !__builtin_strcmp(#verb, #name)
#define IS_MSG(mem) (MEM_##mem >= MEM_MSG_IN && MEM_##mem <= MEM_MMSG_OUT) /* it may carry descriptors */
#define IS_OPT(mem) (MEM_##mem == MEM_OPT_IN || MEM_##mem == MEM_OPT_OUT)
#define ROW(name_, verb_, net_, fds_, mem_, at_, args_) \
	{ \
		.id = CALL_##name_, .at_entry = IS(verb_, CLOSE) || IS(verb_, CLOSE_RANGE) || IS(verb_, CONNECT), \
		.sends = IS(verb_, SEND), .receives = IS(verb_, RECV) || IS(verb_, SPLICE), \
		.closes = IS(verb_, CLOSE), .listens = IS(verb_, LISTEN), .connects = IS(verb_, CONNECT), \
		.learns = IS(verb_, CONNECT) || IS(verb_, SEND) || IS(verb_, RECV) || CALL_##name_ == CALL_getsockopt, \
		.plain = ((IS(verb_, SEND) || IS(verb_, RECV) || IS(verb_, SPLICE)) && !IS_MSG(mem_)) || IS_OPT(mem_), \
		.net = CALL_##net_, .fds = FDS_##fds_, .mem = MEM_##mem_, .at = at_, .argc = 0 args_, \
	}

#endif
