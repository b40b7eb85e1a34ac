/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control messages (cmsg(3)): descriptors that are sent or came in (SCM_RIGHTS), and how large the datagrams in one send are
 * (UDP_SEGMENT). What is sent is looked at when the call is entered, as the kernel does: a number may be another's when it
 * returns. The numbers are the program's memory, the sockets behind them the kernel's.
 */
#ifndef SOCKLIFE_CONTROL_BPF_H
#define SOCKLIFE_CONTROL_BPF_H

#include "datagram.bpf.h"

#define SOL_SOCKET 1
#define SCM_RIGHTS 1
#define SOL_UDP 17
#define UDP_SEGMENT 103
#define SCM_MAX_FD 253
#define MSG_CTRUNC 8

__noinline int right_find(STATE_ARG arg, __u32 fd)
{
	struct task_state *st = state_of(arg);

	if (st)
		fd_find(st, this_task(), fd, &st->right);
	return 0;
}

__noinline int right_tell(STATE_ARG arg, __u64 at, __u64 in)
{
	struct task_state *st = state_of(arg);
	const struct found *f;
	__s32 fd = -1;

	if (!st || bpf_probe_read_user(&fd, sizeof(fd), (void *)at) || fd < 0)
		return 0;
	right_find(TO_ARG(st), fd);
	f = &st->right;
	if (!f->sk)
		return 0;
	sock_announce(TO_ARG(st), f->sk, f->socket);
	return call_fact(TO_ARG(st), in ? FACT_TAKEN : FACT_PASSED, f->sk, fd, st->buf.call.sk);
}

/* What was moved before is told before: where in it descriptors are counts. */
static __always_inline void rights_come(struct task_state *st)
{
	st->rights = true;
	if (io_mode)
		sums_tell(st->buf.call.sk, st->buf.call.h.ts, false);
}

__noinline int rights_tell(STATE_ARG arg, __u64 at, __u64 count, __u64 in)
{
	struct task_state *st = state_of(arg);

	if (!st)
		return 0;
	rights_come(st);
	for (__u32 i = 0; i < SCM_MAX_FD && i < count; i++)
		right_tell(TO_ARG(st), at + i * sizeof(__s32), in);
	return 0;
}

/* Returns the size of the header, 0: it can't be read. */
static __always_inline __u64 control_header(struct user_cmsghdr *h, __u64 at, bool narrow)
{
	struct compat_cmsghdr c;

	if (!narrow)
		return bpf_probe_read_user(h, sizeof(*h), (void *)at) ? 0 : sizeof(*h);
	if (bpf_probe_read_user(&c, sizeof(c), (void *)at))
		return 0;
	*h = (struct user_cmsghdr){ .len = c.len, .level = c.level, .type = c.type };
	return sizeof(c);
}

#define CONTROL_HEADERS 8
#define PAD4(n) (((n) + 3) & ~3)

static __always_inline void control_read(struct task_state *st, __u64 at, __u64 len, __u32 in, __u32 narrow)
{
	struct user_cmsghdr h = {};
	__u64 end = at + len, head;
	__u16 size = 0;

	for (__u32 i = 0; i < CONTROL_HEADERS; i++) {
		head = at < end ? control_header(&h, at, narrow) : 0;
		if (!head || h.len < head || h.len > end - at)
			break;
		if (h.level == SOL_SOCKET && h.type == SCM_RIGHTS)
			rights_tell(TO_ARG(st), at + head, (h.len - head) / sizeof(__s32), in);
		if (h.level == SOL_UDP && h.type == UDP_SEGMENT && !in &&
		    !bpf_probe_read_user(&size, sizeof(size), (void *)(at + head)))
			st->segment = size;
		at += narrow ? PAD4(h.len) : PAD8(h.len);
	}
}

/* msghdr: the program's memory, whose msg_controllen is what it sends, or what came. */
__noinline int control_look(STATE_ARG arg, __u64 msghdr, __u32 in, __u32 narrow)
{
	struct task_state *st = state_of(arg);

	if (!st || msg_read(TO_ARG(st), msghdr, narrow))
		return 0;
	if (io_mode && in && st->msg.flags & MSG_CTRUNC) /* it had some */
		rights_come(st);
	if (st->msg.control && st->msg.controllen >= sizeof(struct compat_cmsghdr))
		control_read(st, st->msg.control, st->msg.controllen, in, narrow);
	return 0;
}

/* Of a socket that is counted only no other control data matters. */
static __always_inline bool control_comes(__u64 sk)
{
	return sk_is_unix(sk) || is_udp(sk);
}

#define CONTROL_MESSAGES 16 /* of sendmmsg and recvmmsg */

static __always_inline void control_look_all(struct task_state *st, __u64 vec, __s64 done, bool in, bool narrow)
{
	__u64 size = narrow ? sizeof(struct compat_mmsghdr) : sizeof(struct user_mmsghdr);

	for (int i = 0; i < CONTROL_MESSAGES && i < done; i++)
		control_look(TO_ARG(st), vec + i * size, in, narrow);
}

#endif
