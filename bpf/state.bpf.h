/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs keep: a thread's state (task storage), the rings, the sockets already told of, counters.
 */
#ifndef SOCKLIFE_STATE_BPF_H
#define SOCKLIFE_STATE_BPF_H

#include "kernel.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <linux/bpf.h>
#include <stdbool.h>

#include "event.h"
#include "shared.h"
#include "user_memory.h"

#ifndef PROBE_READS /* sock.bpf.h */
extern void *bpf_rdonly_cast(const void *obj, __u32 btf_id) __ksym;

#define CAST(ptr, type) ((type *)bpf_rdonly_cast((void *)(ptr), bpf_core_type_id_kernel(type)))
#endif

/*
 * OF(task, files, fdt): what a task's pointers lead to. Each may be followed as it is; not on kernels before 5.11, which give
 * a task as a number. plain(): a task whose pointers may be followed, and no more: at each step from one that it trusts the
 * verifier looks through all names of the kernel's BTF (btf_nested_type_is_trusted()), which was half of the time that
 * loading took.
 */
#ifdef TASKS_BY_ID
#define OF(task, ...) BPF_CORE_READ(task, __VA_ARGS__)
#else
#define OF(task, ...) ___arrow(task, __VA_ARGS__)
#endif

static __always_inline struct task_struct *this_task(void)
{
#ifdef TASKS_BY_ID
	return (struct task_struct *)bpf_get_current_task();
#else
	return bpf_get_current_task_btf();
#endif
}

static __always_inline struct task_struct *plain(struct task_struct *task)
{
#ifdef PROBE_READS
	return task;
#else
	return CAST(task, struct task_struct);
#endif
}

/* Since 5.15. */
static __always_inline struct pt_regs *task_regs(struct task_struct *task)
{
	return (struct pt_regs *)bpf_task_pt_regs(task);
}

struct call_buf { /* the record of the call in progress, filled at entry and at exit */
	struct rec_call call;
	union {
		struct {
			struct data_addr head;
			__u8 bytes[DATA_BYTES + 8]; /* and the padding */
		} addr;
		struct {
			struct data_msg head;
			__u8 bytes[DATA_BYTES + 8];
		} msg;
		__s32 pair[2];
	};
};

struct name_buf {
	struct rec_name name;
	__u8 addresses[2 * DATA_BYTES];
};

struct found { /* what a descriptor names */
	__u64 file, socket, sk; /* struct file, struct socket, struct sock; sk is 0 for what is no socket */
};

#define VIA_FLAGS 0xf000 /* of rec_head.flags: CALL_VIA() */

#define TOLD_BITS 3

struct told { /* what a thread last found told of a socket: spares it the look into `sockets` */
	__u64 sk, inode, since;
	__u8 kstate;
	__u8 pad;
	__u16 view;
	__u32 pad2;
};

struct seen { /* what was told of a socket */
	__u64 inode; /* the same address with another inode is another socket */
	__u64 names; /* hash of its addresses and backlog */
	__u64 since; /* ts of that: what happened before must be told of itself */
	__u8 kstate;
	bool found; /* by the snapshot */
	__u16 view;
	__u32 queued; /* of those that waited for accept() then, how many still do */
};

struct wait { /* what poll, select or epoll was given */
	__u64 at[3]; /* struct pollfd; three fd_sets; struct epoll_event */
	__u32 count;
	__u32 epfd;
};

struct task_state {
	struct task_mark mark;
	__u64 files; /* the descriptor table last told of; 0: the task was not told of yet */
	__u64 since; /* when */
	__u32 open; /* the id of the call in progress + 1, 0: none */
	__u32 begun; /* it was seen to enter a call: one that returns before was entered before the trace */
	__u64 scratch;
	bool narrow; /* it has the memory of a 32-bit program */
	bool reading; /* it counts among its socket's readers: datagram.bpf.h */
	bool light; /* of what it sends or receives nothing was looked at yet: io.bpf.h */
	bool rights; /* and it has descriptors with it */
	bool chosen; /* by io_uring: the buffer to receive into, which is as large as what came into it, or too small */
	struct found found; /* its descriptor at entry */
	struct found closed; /* of FDS_REPLACES: the one that it closes */
	struct found right; /* one in its message, looked at last */
	__u32 given; /* room for an address or option that the call offered */
	__u32 datagram; /* length of the one that a receive will take + 1, 0: none was there */
	__u32 segment; /* and of each of those in it (UDP_GRO), or in what is sent (UDP_SEGMENT), 0: it is one */
	__u64 cloned; /* when fork or clone was entered */
	struct wait wait;
	struct user_msghdr msg; /* read last */
	struct told told[1 << TOLD_BITS];
	struct call_buf buf;
	struct name_buf name;
	struct seen seen; /* with name: what is to be kept of it */
};

/*
 * TASKS_BY_ID: for kernels before 5.13, where tracing programs have no task storage, but a hash by the thread's number. Global
 * functions take numbers only (before 5.12), no atomic operation says what was there before it (5.12), and the current task
 * is a number (5.11).
 */
#ifdef TASKS_BY_ID
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct task_state);
} tasks SEC(".maps");

struct { /* what a new one is made of */
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct task_state);
} blank SEC(".maps");
#else
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct task_state);
} tasks SEC(".maps");
#endif

struct look { /* where a walk looks at tasks from: only one runs at a time */
	struct task_state st;
	__u64 files, since; /* of the task told of last */
	__u32 tid;
	__u64 sk; /* told of now, st.seen is to be kept of it; 0: it was told before */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct look);
} look_state SEC(".maps");

struct { /* one ring buffer per CPU; the loader makes them and says how large */
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct seen);
} sockets SEC(".maps");

struct cpu_state cpus[MAX_CPUS];
volatile __u64 file_start; /* of the file that is written: what was told before is not known in it; 0: the first */
volatile __u32
	stopped; /* set: every program returns at once, while they are attached, and detached (which takes seconds) */
volatile __u64 socket_ops; /* the kernel's socket_file_ops: what tells a socket from a file */
volatile struct probe_answer probe_answer;

const volatile bool preempted; /* a task may be, in a program: twice.bpf.h */
#ifdef PROBE_READS /* for kernels that are all older; it has its place among the variables all the same */
#define PREEMPTED (preempted && false)
#else
#define PREEMPTED preempted
#endif
const volatile __u32 trace_all; /* -a, and no process has to match anything */
const volatile __u32 select_by; /* SELECT_*: what it has to; 0: nothing */
volatile __u64 matched_last; /* ns: when a process that may have sockets came to match */
volatile __u32 late_count; /* processes of several threads that came to match while they ran */
const volatile __u32 follow; /* children of what is traced are traced */
const volatile __u64 wake_at; /* bytes after which the reader is woken */

/* The test stands before the sum, and in the same register: what older verifiers know of a copy they do not know of the other. */
static __always_inline struct cpu_state *cpu_state(__u64 cpu)
{
	if (cpu >= MAX_CPUS)
		return 0;
	barrier_var(cpu);
	return &cpus[cpu];
}

/* What it was. */
#ifdef TASKS_BY_ID
static __always_inline __u32 add_to(__u32 *n, __u32 by)
{
	__sync_fetch_and_add(n, by);
	return *(volatile __u32 *)n - by;
}
#else
#define add_to(n, by) __sync_fetch_and_add(n, by)
#endif

static __always_inline void count_loss(enum loss reason)
{
	struct cpu_state *cs = cpu_state(bpf_get_smp_processor_id());

	if (cs)
		__sync_fetch_and_add(&cs->lost[reason], 1);
}

static __always_inline struct look *look(void)
{
	__u32 zero = 0;
	struct look *at = bpf_map_lookup_elem(&look_state, &zero);

	if (at)
		at->st.mark.id = WALKER;
	return at;
}

/*
 * state_at(), state_create(): of a thread. A global function is handed TO_ARG(st), and has it from state_of(); from
 * state_of_any() where it may be a walker's.
 */
#ifdef TASKS_BY_ID

#define STATE_ARG __u32
#define TO_ARG(st) ((st)->mark.id)

static __always_inline struct task_state *state_of(__u32 id)
{
	return bpf_map_lookup_elem(&tasks, &id);
}

static __always_inline struct task_state *state_of_any(__u32 id)
{
	struct look *at = id == WALKER ? look() : 0;

	return at ? &at->st : state_of(id);
}

static __always_inline struct task_state *state_at(struct task_struct *task)
{
	__u32 id = OF(task, pid);

	return bpf_map_lookup_elem(&tasks, &id);
}

static __always_inline struct task_state *state_create(struct task_struct *task)
{
	__u32 id = OF(task, pid), zero = 0;
	struct task_state *st = bpf_map_lookup_elem(&tasks, &id), *new;

	if (st)
		return st;
	new = bpf_map_lookup_elem(&blank, &zero);
	if (new)
		bpf_map_update_elem(&tasks, &id, new, BPF_NOEXIST);
	st = bpf_map_lookup_elem(&tasks, &id);
	if (st)
		st->mark.id = id;
	return st;
}

static __always_inline void state_end(__u32 id)
{
	bpf_map_delete_elem(&tasks, &id);
}

#else

#define STATE_ARG struct task_state *
#define TO_ARG(st) (st)
#define state_of(arg) (arg)
#define state_of_any(arg) (arg)
#define state_at(task) ((struct task_state *)bpf_task_storage_get(&tasks, task, 0, 0))
#define state_create(task) ((struct task_state *)bpf_task_storage_get(&tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE))
#define state_end(id) /* it goes with the thread */

#endif

/* flags: TASK_* that it has from now on. */
static __always_inline struct task_state *state_make(struct task_struct *task, __u32 flags)
{
	struct task_state *st = state_create(task);

	if (!st)
		count_loss(LOSS_NO_STORAGE);
	else
		st->mark.flags |= flags;
	return st;
}

/* Who came to match is marked in its first thread alone: the others look there. */
static __always_inline struct task_state *state_late(struct task_struct *task, struct task_state *st)
{
	struct task_state *leader;
	__u32 late = late_count;

	if (OF(task, pid) == OF(task, tgid) || (st && st->mark.late == late))
		return st;
	leader = state_at(OF(task, group_leader));
	st = state_make(task, leader ? leader->mark.flags & TASK_TRACED : 0);
	if (st)
		st->mark.late = late;
	return st;
}

/* What is kept of a thread, also of one that is not traced; NULL: nothing. */
static __always_inline struct task_state *state_look(struct task_struct *task)
{
	struct task_state *st = state_at(task);

	if (!st && trace_all)
		return state_make(task, TASK_TRACED);
	if (select_by && late_count && !(st && st->mark.flags & TASK_TRACED))
		return state_late(task, st);
	return st;
}

/* NULL for a thread that is not traced. */
static __always_inline struct task_state *state_get(struct task_struct *task)
{
	struct task_state *st = state_look(task);

	return st && st->mark.flags & TASK_TRACED ? st : 0;
}

#endif
