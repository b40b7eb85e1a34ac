/* SPDX-License-Identifier: GPL-2.0-only */
/* What the programs read of a program's memory, as its bits lay it out. */
#ifndef SOCKLIFE_USER_MEMORY_H
#define SOCKLIFE_USER_MEMORY_H

#include <linux/types.h>

/* The layouts of a 64-bit program's memory (struct user_msghdr, struct mmsghdr, struct iovec). */
struct user_msghdr {
	__u64 name;
	__s32 namelen;
	__u32 pad;
	__u64 iov;
	__u64 iovlen;
	__u64 control;
	__u64 controllen;
	__u32 flags;
	__u32 pad2;
};

struct user_iovec {
	__u64 base, len;
};

struct user_cmsghdr {
	__u64 len;
	__s32 level, type;
};

struct user_mmsghdr {
	struct user_msghdr hdr;
	__u32 len;
	__u32 pad;
};

/* Those of a 32-bit program's (include/net/compat.h). */
struct compat_msghdr {
	__u32 name;
	__s32 namelen;
	__u32 iov, iovlen, control, controllen, flags;
};

struct compat_iovec {
	__u32 base, len;
};

struct compat_cmsghdr {
	__u32 len;
	__s32 level, type;
};

struct compat_mmsghdr {
	struct compat_msghdr hdr;
	__u32 len;
};

#endif
