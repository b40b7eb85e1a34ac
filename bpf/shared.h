/* SPDX-License-Identifier: GPL-2.0-only */
/* What the loader sets in the programs' memory and reads from it; not part of the wire. */
#ifndef SOCKLIFE_SHARED_H
#define SOCKLIFE_SHARED_H

#include <linux/types.h>

#include "event.h"

#define MAX_CPUS 1024

#define TASK_TRACED 1
#define TASK_EXCLUDED 2 /* socklife itself */

struct task_mark { /* the first member of a thread's state in the `tasks` map */
	__u32 flags; /* TASK_* */
	__u32 pad;
};

struct cpu_state { /* a cache line each */
	__u64 seq;
	__u64 lost[LOSS_KINDS];
	__u64 unwoken; /* bytes since the reader was last woken */
	__u64 pad[8 - 2 - LOSS_KINDS];
};

struct pid_place { /* of socklife */
	__u32 level; /* of its pid namespace; 0: the initial one */
	__u32 ns; /* its inode */
};

struct probe_answer { /* what the programs find behind a descriptor, to check it against fstat(2) */
	__u64 ops;
	__u64 inode;
};

#endif
