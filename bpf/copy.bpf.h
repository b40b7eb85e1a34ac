/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bounded copies of the program's memory: addresses, messages, options. It is what the program said; it may have changed it
 * meanwhile, and a page that is not resident reads as nothing. A null pointer is tested first: reading
 * it costs 640 ns and says nothing.
 */
#ifndef SOCKLIFE_COPY_BPF_H
#define SOCKLIFE_COPY_BPF_H

#include "syscalls.h"
#include "told.bpf.h"
#include "user_memory.h"

/* Copies up to DATA_BYTES, zeroes the padding, and returns how many; 0 when there is nothing to read. */
static __always_inline __u64 copy_bytes(__u8 *to, __u64 from, __u32 len)
{
	__u64 n = len;

	if (!from || !n)
		return 0;
	if (n > DATA_BYTES)
		n = DATA_BYTES;
	barrier_var(n);
	if (n > DATA_BYTES)
		return 0;
	__builtin_memset(to + n, 0, 8);
	return bpf_probe_read_user(to, n, (void *)from) ? 0 : n;
}

static __always_inline __u32 copy_len(__u64 from)
{
	__u32 len = 0;

	if (from)
		bpf_probe_read_user(&len, sizeof(len), (void *)from);
	return (__s32)len < 0 ? 0 : len;
}

/* An address or an option: len bytes at from, of which the kernel knows got. */
static __always_inline void copy_addr(struct call_buf *b, __u16 kind, __u64 from, __u32 given, __u32 got)
{
	__u64 n = copy_bytes(b->addr.bytes, from, given < got ? given : got);

	if (!from)
		return;
	b->addr.head.given = given;
	b->addr.head.got = got;
	b->call.data_kind = kind;
	b->call.data_len = sizeof(b->addr.head) + n;
}

/* Into st->msg. narrow: as a 32-bit program lays it out. Not 0: it can't be read. */
__noinline int msg_read(STATE_ARG arg, __u64 from, __u32 narrow)
{
	struct task_state *st = state_of(arg);
	struct compat_msghdr c;

	if (!st || !from)
		return -1;
	if (!narrow)
		return bpf_probe_read_user(&st->msg, sizeof(st->msg), (void *)from);
	if (bpf_probe_read_user(&c, sizeof(c), (void *)from))
		return -1;
	st->msg = (struct user_msghdr){
		.name = c.name,
		.namelen = c.namelen,
		.iov = c.iov,
		.iovlen = c.iovlen,
		.control = c.control,
		.controllen = c.controllen,
		.flags = c.flags,
	};
	return 0;
}

/* The header of a message; given is the name's room, as the program set it. */
__noinline int copy_msg(STATE_ARG arg, __u64 from, __u32 given, __u32 out, __u32 narrow)
{
	struct task_state *st = state_of(arg);
	const struct user_msghdr *m;
	struct call_buf *b;
	__u32 got;

	if (!st || msg_read(TO_ARG(st), from, narrow))
		return 0;
	b = &st->buf;
	m = &st->msg;
	got = m->namelen < 0 ? 0 : m->namelen;
	if (!out)
		given = got;
	b->msg.head.iovlen = m->iovlen;
	b->msg.head.controllen = m->controllen;
	b->msg.head.flags = m->flags;
	b->msg.head.pad = 0;
	b->msg.head.bytes = 0;
	b->msg.head.name.given = given; /* without a name too: a multishot receive leaves that room */
	b->msg.head.name.got = m->name ? got : 0;
	b->call.data_kind = DATA_MSG;
	b->call.data_len = sizeof(b->msg.head) + copy_bytes(b->msg.bytes, m->name, given < got ? given : got);
	return 0;
}

#define MMSG_SOME 32
#define MMSG_MAX 1024 /* UIO_MAXIOV: the kernel does no more in one call */

__noinline __u32 mmsg_len(__u64 vec, __u64 i, __u32 narrow)
{
	if (narrow)
		return copy_len((unsigned long)&((struct compat_mmsghdr *)vec)[i].len);
	return copy_len((unsigned long)&((struct user_mmsghdr *)vec)[i].len);
}

/* In two steps, which the verifier walks once each. */
__noinline __u64 mmsg_bytes_some(__u64 vec, __u64 from, __s64 done, __u32 narrow)
{
	__u64 sum = 0;

	for (int i = 0; i < MMSG_SOME; i++) {
		if (i >= done)
			break;
		sum += mmsg_len(vec, from + i, narrow);
	}
	return sum;
}

static __always_inline __u64 copy_mmsg_bytes(__u64 vec, __s64 done, bool narrow)
{
	__u64 sum = 0;

	for (int i = 0; i < MMSG_MAX && i < done; i += MMSG_SOME)
		sum += mmsg_bytes_some(vec, i, done - i, narrow);
	return sum;
}

/* The requests of ioctl(2) whose argument points to an int: 1 given, 2 filled (tcp(7), ioctl_tty(2)). */
static __always_inline int ioctl_int(__u32 request)
{
	switch (request) {
	case 0x5421: /* FIONBIO */
	case 0x5452: /* FIOASYNC */
		return 1;
	case 0x541b: /* FIONREAD, SIOCINQ */
	case 0x5411: /* SIOCOUTQ */
	case 0x8905: /* SIOCATMARK */
		return 2;
	default:
		return 0;
	}
}

/* At entry: what the call hands in, and the room it offers for what comes back. */
static __always_inline void copy_enter(struct task_state *st, enum call_mem mem, __u64 at, __u32 len, __u32 *given,
				       bool narrow)
{
	struct call_buf *b = &st->buf;

	switch (mem) {
	case MEM_ADDR_IN:
		copy_addr(b, DATA_ADDR, at, len, len);
		break;
	case MEM_OPT_IN:
		copy_addr(b, DATA_OPT, at, len, len);
		break;
	case MEM_IOCTL:
		if (ioctl_int(b->call.args[1]) == 1)
			copy_addr(b, DATA_OPT, at, sizeof(int), sizeof(int));
		break;
	case MEM_MSG_IN:
	case MEM_MMSG_IN:
		copy_msg(TO_ARG(st), at, 0, false, narrow);
		break;
	case MEM_MSG_OUT:
	case MEM_MMSG_OUT:
		*given = 0;
		if (at)
			*given = copy_len(narrow ? (unsigned long)&((struct compat_msghdr *)at)->namelen
						 : (unsigned long)&((struct user_msghdr *)at)->namelen);
		break;
	default:
		break;
	}
}

/* At a successful exit: what came back. */
static __always_inline void copy_exit(struct task_state *st, enum call_mem mem, __u64 at, __u64 lenp, __u32 given,
				      __s64 ret, bool narrow)
{
	struct call_buf *b = &st->buf;

	switch (mem) {
	case MEM_ADDR_OUT:
		if (at)
			copy_addr(b, DATA_ADDR, at, given, copy_len(lenp));
		break;
	case MEM_OPT_OUT:
		if (at)
			copy_addr(b, DATA_OPT, at, given, copy_len(lenp));
		break;
	case MEM_IOCTL:
		if (ioctl_int(b->call.args[1]) == 2)
			copy_addr(b, DATA_OPT, at, sizeof(int), sizeof(int));
		break;
	case MEM_MSG_OUT:
	case MEM_MMSG_OUT:
		copy_msg(TO_ARG(st), at, given, true, narrow);
		break;
	case MEM_PAIR:
		if (bpf_probe_read_user(b->pair, sizeof(b->pair), (void *)at))
			break;
		b->call.data_kind = DATA_PAIR;
		b->call.data_len = sizeof(b->pair);
		break;
	default:
		break;
	}
	if ((mem == MEM_MMSG_IN || mem == MEM_MMSG_OUT) && b->call.data_kind == DATA_MSG)
		b->msg.head.bytes = copy_mmsg_bytes(at, ret, narrow);
}

#endif
