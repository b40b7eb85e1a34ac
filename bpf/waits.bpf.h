/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When poll, select or epoll told a program what became of a connect() that was in progress. Only that is sent: what they
 * return is looked at while there is such a connect(), for the sockets of `connecting`.
 */
#ifndef SOCKLIFE_WAITS_BPF_H
#define SOCKLIFE_WAITS_BPF_H

#include "connection.bpf.h"

struct registered { /* with epoll_ctl(2) */
	__u64 epoll; /* its struct file */
	__u64 data; /* what the program is told with the event */
};

#define AMBIGUOUS (~0ull)

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct registered);
	__type(value, __u64); /* sk */
} epolled SEC(".maps");

/* revents: as poll(2) has them. While the connection is still to come, nothing was told. */
static __always_inline void told_ready(struct task_struct *task, __u64 sk, __u32 revents)
{
	struct rec_fact r;
	__u8 kstate = 0;

	READ_BYTES(kstate, sk, struct sock, __sk_common.skc_state);
	if (kstate == TCP_SYN_SENT || !bpf_map_lookup_elem(&connecting, &sk))
		return;
	connecting_end(sk);
	r = fact_make(FACT_POLLED, sk, revents);
	r.h.tid = OF(task, pid);
	fact_send(&r);
}

__noinline int told_ready_fd(STATE_ARG arg, __u32 fd, __u32 revents)
{
	struct task_state *st = state_of(arg);
	struct task_struct *task = this_task();
	struct found f = {};

	if (!st)
		return 0;
	fd_find(st, task, fd, &f);
	if (f.sk)
		told_ready(task, f.sk, revents);
	return 0;
}

static __always_inline int wait_enter(struct task_state *st, __u64 a, __u64 b, __u64 c, __u32 count, __u32 epfd)
{
	if (st)
		st->wait = (struct wait){ .at = { a, b, c }, .count = count, .epfd = epfd };
	return 0;
}

/* NULL: nothing to look at. */
static __always_inline struct task_state *wait_exit(const struct sys_exit *ctx)
{
	struct task_state *st;

	if (stopped || ctx->ret <= 0 || connecting_count <= 0)
		return 0;
	st = state_at(this_task());
	return st && st->wait.at[0] | st->wait.at[1] | st->wait.at[2] ? st : 0;
}

struct user_pollfd {
	__s32 fd;
	__s16 events, revents;
};

#define LOOK 512 /* at that many, or that many that are ready */

__noinline int poll_ready(STATE_ARG arg, __u64 at)
{
	struct task_state *st = state_of(arg);
	struct user_pollfd p;

	if (st && !bpf_probe_read_user(&p, sizeof(p), (void *)at) && p.revents)
		told_ready_fd(TO_ARG(st), p.fd, (__u16)p.revents);
	return 0;
}

static __always_inline int poll_exit(struct sys_exit *ctx)
{
	struct task_state *st = wait_exit(ctx);

	if (!st)
		return 0;
	for (__u32 i = 0; i < LOOK && i < st->wait.count; i++)
		poll_ready(TO_ARG(st), st->wait.at[0] + i * sizeof(struct user_pollfd));
	st->wait.at[0] = 0;
	return 0;
}

#define POLLIN 1
#define POLLPRI 2
#define POLLOUT 4
#define FD_SETSIZE 1024

static __always_inline __u64 fd_set_word(__u64 set, __u32 word)
{
	__u64 bits = 0;

	if (set)
		bpf_probe_read_user(&bits, sizeof(bits), (void *)(set + word * sizeof(bits)));
	return bits;
}

__noinline int select_word(STATE_ARG arg, __u32 word)
{
	struct task_state *st = state_of(arg);
	__u64 in, out, except;

	if (!st)
		return 0;
	in = fd_set_word(st->wait.at[0], word);
	out = fd_set_word(st->wait.at[1], word);
	except = fd_set_word(st->wait.at[2], word);
	if (!(in | out | except))
		return 0;
	for (__u32 i = 0; i < 64; i++) {
		__u32 events = (in >> i & 1) * POLLIN | (out >> i & 1) * POLLOUT | (except >> i & 1) * POLLPRI;

		if (events)
			told_ready_fd(TO_ARG(st), word * 64 + i, events);
	}
	return 0;
}

static __always_inline int select_exit(struct sys_exit *ctx)
{
	struct task_state *st = wait_exit(ctx);

	if (!st)
		return 0;
	for (__u32 word = 0; word < FD_SETSIZE / 64; word++) {
		if (word * 64 >= st->wait.count)
			break;
		select_word(TO_ARG(st), word);
	}
	st->wait.at[0] = st->wait.at[1] = st->wait.at[2] = 0;
	return 0;
}

struct user_epoll_event { /* <sys/epoll.h>: x86-64 packs it */
	__u32 events;
#ifdef __TARGET_ARCH_x86
	__u64 data;
} __attribute__((packed));
#else
	__u64 data __attribute__((aligned(8)));
};
#endif

#define EPOLL_CTL_DEL 2

/* The event that the program gives along is read at entry, as the kernel does; st has the arguments: epfd, op, fd, event. */
__noinline int epoll_registers(STATE_ARG arg)
{
	struct task_state *st = state_of(arg);
	struct task_struct *task = this_task();
	struct user_epoll_event e = {};
	struct registered key = {};
	struct found f = {};
	const __u64 *args;
	__u64 *old, to;
	__u16 type = 0;

	if (!st)
		return 0;
	args = st->buf.call.args;
	if (args[1] == EPOLL_CTL_DEL)
		return 0;
	if (bpf_probe_read_user(&e, sizeof(e), (void *)args[3]))
		return 0;
	fd_find(st, task, args[2], &f);
	key.epoll = fd_file(st, task, args[0]);
	key.data = e.data;
	if (f.sk)
		READ(type, f.sk, struct sock, sk_type);
	if (type != SOCK_STREAM) {
		bpf_map_delete_elem(&epolled, &key);
		return 0;
	}
	to = f.sk;
	old = bpf_map_lookup_elem(&epolled, &key);
	if (old && *old != to && (*old == AMBIGUOUS || bpf_map_lookup_elem(&connecting, old)))
		to = AMBIGUOUS;
	bpf_map_update_elem(&epolled, &key, &to, BPF_ANY);
	return 0;
}

static __always_inline int epoll_ctl_enter(struct sys_enter *ctx)
{
	struct task_state *st = stopped ? 0 : state_get(this_task());
	__u64 *args;

	if (!st)
		return 0;
	args = st->buf.call.args;
	args[0] = ctx->args[0];
	args[1] = ctx->args[1];
	args[2] = ctx->args[2];
	args[3] = ctx->args[3];
	return epoll_registers(TO_ARG(st));
}

ENTER(epoll_ctl, epoll_ctl_enter(ctx))

__noinline int epoll_ready(STATE_ARG arg, __u64 epoll, __u64 at)
{
	struct task_state *st = state_of(arg);
	struct user_epoll_event e = {};
	struct registered key = { .epoll = epoll };
	__u64 *sk;

	if (!st || bpf_probe_read_user(&e, sizeof(e), (void *)at))
		return 0;
	key.data = e.data;
	sk = bpf_map_lookup_elem(&epolled, &key);
	if (sk && *sk != AMBIGUOUS)
		told_ready(this_task(), *sk, e.events);
	return 0;
}

static __always_inline int epoll_exit(struct sys_exit *ctx)
{
	struct task_state *st = wait_exit(ctx);
	__u64 epoll;

	if (!st)
		return 0;
	epoll = fd_file(st, this_task(), st->wait.epfd);
	for (__u32 i = 0; i < LOOK && i < ctx->ret; i++)
		epoll_ready(TO_ARG(st), epoll, st->wait.at[0] + i * sizeof(struct user_epoll_event));
	st->wait.at[0] = 0;
	return 0;
}

#define WAIT(name, exit, a, b, c, count, epfd) \
	EXIT(name, exit(ctx)) \
	ENTER(name, wait_enter(stopped ? 0 : state_get(this_task()), a, b, c, count, epfd))

WAITS(WAIT)
#undef WAIT

#endif
