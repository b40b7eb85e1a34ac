/* SPDX-License-Identifier: GPL-2.0-only */
/* What 64-bit programs use to enter the kernel as 32-bit ones do: i386 numbers, and what calls point to as those lay it out. */
#ifndef NATIVE_H
#define NATIVE_H

#include "door.h"

enum ia32 { /* arch/x86/entry/syscalls/syscall_32.tbl */
	    IA32_READ = 3,
	    IA32_WRITE = 4,
	    IA32_CLOSE = 6,
	    IA32_DUP = 41,
	    IA32_WRITEV = 146,
	    IA32_SENDMMSG = 345,
	    IA32_SOCKET = 359,
	    IA32_SOCKETPAIR = 360,
	    IA32_BIND = 361,
	    IA32_CONNECT = 362,
	    IA32_LISTEN = 363,
	    IA32_ACCEPT4 = 364,
	    IA32_GETSOCKNAME = 367,
	    IA32_SENDMSG = 370,
	    IA32_RECVMSG = 372,
	    IA32_RECVMMSG_TIME64 = 417,
};

struct iovec32 {
	uint32_t base, len;
};

struct msghdr32 {
	uint32_t name, namelen, iov, iovlen, control, controllen, flags;
};

struct mmsghdr32 {
	struct msghdr32 hdr;
	uint32_t len;
};

struct rights32 {
	uint32_t len, level, type;
	int fd;
};

/* In low memory: all that a program's calls point to. */
struct low {
	struct sockaddr_in addr;
	uint32_t addrlen;
	int pair[2];
	struct iovec32 parts[4];
	struct msghdr32 msg;
	struct mmsghdr32 vec[3];
	struct rights32 rights;
	int64_t limit[2];
	char out[16], in[4][16];
};

static inline uint32_t word(const void *at)
{
	CHECK((uintptr_t)at <= UINT32_MAX);
	return (uintptr_t)at;
}

static inline struct iovec32 part(const void *at, size_t len)
{
	return (struct iovec32){ word(at), len };
}

#endif
