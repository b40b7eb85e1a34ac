/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which ways into the kernel this one has (enum via), and what its tracepoints do not tell of them.
 */
#ifndef SOCKLIFE_KERNEL_DOORS_H
#define SOCKLIFE_KERNEL_DOORS_H

#include <stdbool.h>

#include "../bpf/event.h"

struct doors {
	bool there[VIAS]; /* io_uring: and its requests are told of */
	bool pair; /* ia32, x32 and so socketcall are told by the tracepoints of all calls only: sys_enter and sys_exit */
	bool foreign; /* it may run 32-bit programs, and tells nobody of their calls */
	bool slots_untold; /* what its direct descriptors name is not told */
	const char *uring_untold; /* io_uring is there, its requests are not told of: why; else NULL */
};

/* By trying, once: configuration, boot parameters and seccomp all have a word in it. */
const struct doors *kernel_doors(void);

#endif
