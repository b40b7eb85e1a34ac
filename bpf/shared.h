/* SPDX-License-Identifier: GPL-2.0-only */
/* What the loader sets in the programs' memory and reads from it; not part of the wire. */
#ifndef SOCKLIFE_SHARED_H
#define SOCKLIFE_SHARED_H

#include <linux/types.h>

#include "event.h"

#define MAX_CPUS 1024

#define TASK_TRACED 1
#define TASK_EXCLUDED 2 /* socklife itself */
#define TASK_CANDIDATE 4 /* asked for, and traced as soon as it matches: SELECT_* */

/* record --io: what is told of sends and receives that succeed or would block. */
enum io_mode {
	IO_FULL, /* each */
	IO_SUMMARY, /* how many there were, every 100 ms */
	IO_NONE, /* the same, when the socket is closed */
};

#define WALKER (~0u) /* an id: the state that a walk over tasks works in */

struct task_mark { /* the first member of a thread's state in the `tasks` map */
	__u32 flags; /* TASK_* */
	__u32 late; /* what late_count was when it was last compared with its process's first thread */
	__u32 id; /* the thread's number, where there is no task storage */
	__u32 pad;
	__u64 matched; /* of a first thread: when its process came to match, 0: it did when the programs were attached */
};

/* What the first thread of a process must match; each is a map with what was given. */
#define SELECT_COMM 1
#define SELECT_UID 2
#define SELECT_CGROUP 4

struct cgroup_key {
	__u64 id; /* the inode of its directory */
	__u32 hierarchy; /* as in /proc/PID/cgroup; 0: cgroup v2 */
	__u32 pad;
};

/* Programs that there are two of: twice.bpf.h. */
#define TWICE_CALLS 16 /* those of single system calls, by the thread's number */
#define TWICE_THREADS 8
#define TWICE_MAX (TWICE_CALLS + TWICE_THREADS)

struct twice { /* runs of a first program that the second does not know of yet: the last two */
	__u64 last, before;
};

struct cpu_state { /* a cache line each, and what few CPUs need at once */
	__u64 seq;
	__u64 lost[LOSS_KINDS];
	__u64 unwoken; /* bytes since the reader was last woken */
	__u64 interrupted; /* records that were not told, as another was being numbered */
	__u64 again; /* how often a program's second did the work of one that was left out */
	__u64 numbering; /* a record is being numbered, where no atomic operation does it */
	struct twice twice[TWICE_MAX];
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
