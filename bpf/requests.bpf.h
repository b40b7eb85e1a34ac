/* SPDX-License-Identifier: GPL-2.0-only */
/* io_uring requests in progress: each is a call whose record is kept until it completes. */
#ifndef SOCKLIFE_REQUESTS_BPF_H
#define SOCKLIFE_REQUESTS_BPF_H

#include "datagram.bpf.h"
#include "sqe.bpf.h"

struct request {
	__u64 ring, user_data;
	__u64 off; /* of a FILES_UPDATE: the first slot */
	__u64 next; /* a silent close that is linked behind it; 0: none */
	__u32 file_index; /* the slot to be filled + 1, or SLOT_ALLOC; 0: none */
	__u32 given, datagram, segment; /* as in struct task_state */
	bool narrow, reading;
	bool shot; /* it completes more than once */
	bool silent; /* it does not complete when it succeeds */
	bool chosen; /* the kernel chooses the buffer */
	bool none; /* it is no call, but may complete as if it were one that is */
	bool cancelled; /* and nobody is told */
	bool light; /* as in struct task_state */
	struct found found;
	struct call_buf buf;
};

struct { /* by their struct io_kiocb, whose memory is used again */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct request);
} requests SEC(".maps");

struct { /* of which no completion need come: they must not keep the others out */
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u64);
	__type(value, struct request);
} silents SEC(".maps");

/* The verifier does no sums with a pointer that it knows. */
static __always_inline __u64 request_of(const struct io_kiocb *req)
{
	__u64 request = 0;

	bpf_probe_read_kernel(&request, sizeof(request), &req);
	return request;
}

static __always_inline struct request *request_at(__u64 request)
{
	struct request *r = bpf_map_lookup_elem(&requests, &request);

	return r ? r : bpf_map_lookup_elem(&silents, &request);
}

/*
 * A thread that submits, issues or completes requests: it may be in a call of its own, so this is besides its `tasks`.
 */
struct uring_state {
	struct task_state st;
	struct request request;
	struct uring_sqe sqe;
	__u64 issued; /* the request that it may be issuing */
	__u64 failed; /* one that failed although it was to tell of success only: nor do those linked to it tell */
	__u64 last; /* ns of its last submission */
	__u64 link; /* what it submitted last, if the next one is linked behind that; else 0 */
};

#ifdef TASKS_BY_ID /* where its tracepoints do not tell enough either */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct uring_state);
} uring_tasks SEC(".maps");

#define uring_at(task) ((struct uring_state *)0)
#define uring_make(task) ((struct uring_state *)0)
#else
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct uring_state);
} uring_tasks SEC(".maps");

#define uring_at(task) ((struct uring_state *)bpf_task_storage_get(&uring_tasks, task, 0, 0))
#define uring_make(task) \
	((struct uring_state *)bpf_task_storage_get(&uring_tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE))
#endif

#define PF_IO_WORKER 0x10 /* include/linux/sched.h */

/* A thread of io_uring's own, which no fork made; it is traced as the process that it works for. */
static __always_inline bool is_worker(struct task_struct *task)
{
	struct task_state *leader;

	if (!(OF(task, flags) & PF_IO_WORKER))
		return false;
	leader = state_at(OF(task, group_leader));
	return leader && leader->mark.flags & TASK_TRACED;
}

volatile __u32 uring_used; /* a traced thread has made a ring, or submitted a request */

struct ring {
	__u32 tid; /* the thread that made it */
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64); /* struct io_ring_ctx */
	__type(value, struct ring);
} rings_made SEC(".maps");

/* A file is closed that may be a ring's: what its slots hold goes with it. */
__noinline int ring_closed(STATE_ARG arg)
{
	struct task_state *st = state_of(arg);
	__u64 ring = 0;
	struct rec_fact r;

	if (!st || !st->found.file)
		return 0;
	READ_BYTES(ring, st->found.file, struct file, private_data);
	if (!bpf_map_lookup_elem(&rings_made, &ring) || !is_last(st->found.file))
		return 0;
	bpf_map_delete_elem(&rings_made, &ring);
	r = fact_make(FACT_SLOT, 0, -1);
	r.other = ring;
	fact_send(&r);
	return 0;
}

#endif
