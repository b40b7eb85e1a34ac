/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * io_uring(7): a request is a call from its submission to its completion, in whatever thread that is. What is asked for
 * stands in the submission queue, and which file that is about in the request, once it was issued.
 */
#ifndef SOCKLIFE_URING_SUBMIT_BPF_H
#define SOCKLIFE_URING_SUBMIT_BPF_H

#include "doors.h"
#include "slots.bpf.h"

/* include/uapi/linux/io_uring.h */
#define IOSQE_FIXED_FILE 1
#define IOSQE_CQE_SKIP_SUCCESS (1 << 6)
#define IORING_ACCEPT_MULTISHOT 1
#define IORING_RECV_MULTISHOT 2
#define IORING_POLL_ADD_MULTI 1
#define IORING_OP_POLL_ADD 6
#define IORING_OP_MSG_RING 40
#define IORING_OP_URING_CMD 46
#define IORING_OP_READ_MULTISHOT 49
#define IORING_MSG_SEND_FD 1
#define IORING_SETUP_SQE128 (1 << 10)
#define IORING_SETUP_NO_SQARRAY (1 << 16)

struct label { /* what a completion has where it names no request */
	__u64 ring, user_data;
};

struct labelled {
	__u64 request;
	__u32 count; /* of those that share it */
	__u32 pad;
};

#define LABELLED(name) \
	struct { \
		__uint(type, BPF_MAP_TYPE_HASH); \
		__uint(map_flags, BPF_F_NO_PREALLOC); \
		__uint(max_entries, 65536); \
		__type(key, struct label); \
		__type(value, struct labelled); \
	} name SEC(".maps")

LABELLED(labels); /* all */
LABELLED(shots); /* those that complete more than once */

volatile __u64 uring_silent; /* requests whose success nobody was told of */
volatile __u64 uring_unclear; /* completions of several requests with one user_data */
volatile __u64 uring_unlisted; /* requests about a socket that are none of URING_OPS */
volatile __u64 uring_full; /* requests that were not kept for want of room */

/* NULL: it is not traced. */
static __always_inline struct uring_state *uring_state_get(struct task_struct *task)
{
	if (!state_get(task) && !is_worker(task))
		return 0;
	return bpf_task_storage_get(&uring_tasks, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

static __always_inline void request_save(struct request *r, const struct task_state *st)
{
	r->found = st->found;
	r->given = st->given;
	r->datagram = st->datagram;
	r->segment = st->segment;
	r->narrow = st->narrow;
	r->reading = st->reading;
	r->buf = st->buf;
}

static __always_inline void request_load(struct task_state *st, const struct request *r)
{
	st->found = r->found;
	st->given = r->given;
	st->datagram = r->datagram;
	st->segment = r->segment;
	st->narrow = r->narrow;
	st->reading = r->reading;
	st->buf = r->buf;
}

/* A request of which no completion is to come, or none has. */
static __always_inline void request_open(struct task_state *st, bool silent)
{
	struct rec_call *c = &st->buf.call;
	__u64 now = bpf_ktime_get_ns();

	c->dur = now - c->h.ts;
	c->h.ts = now;
	c->h.flags |= CALL_OPEN | (silent ? CALL_SILENT : 0);
	send_call(&st->buf);
}

/* The submission that is at hand: the one before the queue's head. */
static __always_inline bool sqe_read(struct uring_sqe *sqe, __u64 ring)
{
	__u32 flags = 0, head = 0, entries = 0, mask;
	__u64 array = 0, sqes = 0;

	READ_BYTES(flags, ring, struct io_ring_ctx, flags);
	READ_BYTES(head, ring, struct io_ring_ctx, cached_sq_head);
	READ_BYTES(entries, ring, struct io_ring_ctx, sq_entries);
	READ_BYTES(sqes, ring, struct io_ring_ctx, sq_sqes);
	mask = entries - 1;
	head = (head - 1) & mask;
	if (!(flags & IORING_SETUP_NO_SQARRAY)) {
		READ_BYTES(array, ring, struct io_ring_ctx, sq_array);
		if (bpf_probe_read_kernel(&head, sizeof(head), (void *)(array + head * sizeof(head))))
			return false;
		head &= mask;
	}
	if (flags & IORING_SETUP_SQE128)
		head *= 2;
	return !bpf_probe_read_kernel(sqe, sizeof(*sqe), (void *)(sqes + head * sizeof(*sqe)));
}

/* The call that an operation stands for, and its arguments; CALLS: none that is in the table. */
__noinline __u32 op_call(struct uring_state *us)
{
	const struct uring_sqe *e;
	__u64 *args;

	if (!us)
		return CALLS;
	e = &us->sqe;
	args = us->st.buf.call.args;
#define OP(number, op, name, a, b, c, d, e_, f) \
	case number: \
		args[0] = (a), args[1] = (b), args[2] = (c), args[3] = (d), args[4] = (e_), args[5] = (f); \
		return CALL_##name;
	switch (e->opcode) {
		URING_OPS(OP)
	default:
		return CALLS;
	}
#undef OP
}

static __always_inline bool is_shot(const struct uring_sqe *e, __u32 id)
{
	if (id == CALL_accept4)
		return e->ioprio & IORING_ACCEPT_MULTISHOT;
	if (id == CALL_recvfrom || id == CALL_recvmsg)
		return e->ioprio & IORING_RECV_MULTISHOT;
	return e->opcode == IORING_OP_READ_MULTISHOT;
}

static __always_inline void label_add(void *map, const struct request *r, __u64 request)
{
	struct label key = { r->ring, r->user_data };
	struct labelled one = { .request = request, .count = 1 }, *old;

	if (!bpf_map_update_elem(map, &key, &one, BPF_NOEXIST))
		return;
	old = bpf_map_lookup_elem(map, &key);
	if (old)
		__sync_fetch_and_add(&old->count, 1);
}

static __always_inline void label_end(void *map, const struct request *r)
{
	struct label key = { r->ring, r->user_data };
	struct labelled *l = bpf_map_lookup_elem(map, &key);

	if (l && __sync_fetch_and_add(&l->count, -1) <= 1)
		bpf_map_delete_elem(map, &key);
}

static __always_inline void request_forget(const struct request *r, __u64 request)
{
	bpf_map_delete_elem(&requests, &request);
	label_end(&labels, r);
	if (r->shot)
		label_end(&shots, r);
}

/* Worker threads stand for the one that made the ring. */
static __always_inline void owner_tell(struct uring_state *us, struct task_struct *task, __u64 ring)
{
	struct rec_call *c = &us->st.buf.call;
	struct ring *r;

	if (!(task->flags & PF_IO_WORKER)) {
		c->h.tid = task->pid;
		task_tell(&us->st, task, c->h.ts);
		return;
	}
	r = bpf_map_lookup_elem(&rings_made, &ring);
	c->h.tid = r ? r->tid : task->group_leader->pid;
	if (!r)
		task_tell(&us->st, task->group_leader, c->h.ts);
}

/* Its descriptor, as far as it is known before the request is issued. false: it is about no socket. */
static __always_inline bool request_find(struct uring_state *us, struct task_struct *task, __u32 id)
{
	struct task_state *st = &us->st;
	struct rec_call *c = &st->buf.call;
	struct found closed = {};

	if (c->h.flags & CALL_DIRECT)
		file_found(st, slot_file(us->request.ring, c->args[0]), &st->found);
	else
		call_find(st, task, rows[id], &closed);
	return rows[id].net || !st->found.file || st->found.sk || rows[id].fds == FDS_SLOTS;
}

static __always_inline void request_describe(struct uring_state *us, __u32 id)
{
	const struct uring_sqe *e = &us->sqe;
	struct rec_call *c = &us->st.buf.call;
	struct request *r = &us->request;
	bool makes = id == CALL_socket || id == CALL_accept4;

	r->user_data = e->user_data;
	r->off = e->off;
	r->file_index = makes ? e->file_index : 0;
	r->shot = is_shot(e, id);
	r->silent = e->flags & IOSQE_CQE_SKIP_SUCCESS;
	c->h.flags = VIA_IO_URING << 12 | (r->file_index ? CALL_MADE_DIRECT : 0) | (r->shot ? CALL_SHOT : 0);
	if (id == CALL_close && e->file_index) {
		c->args[0] = e->file_index - 1;
		c->h.flags |= CALL_DIRECT;
	} else if (e->flags & IOSQE_FIXED_FILE && id != CALL_splice) {
		c->h.flags |= CALL_DIRECT;
	}
}

/* us->sqe is what was submitted. */
/* No call of the table: one that completes more than once, or that does something to a socket. */
static __always_inline void request_unlisted(struct uring_state *us, struct task_struct *task)
{
	const struct uring_sqe *e = &us->sqe;
	struct found f = {};

	if (e->opcode == IORING_OP_POLL_ADD && e->len & IORING_POLL_ADD_MULTI) {
		us->request.user_data = e->user_data;
		label_add(&shots, &us->request, 0);
	}
	if (e->opcode == IORING_OP_URING_CMD && e->flags & IOSQE_FIXED_FILE)
		file_found(&us->st, slot_file(us->request.ring, e->fd), &f);
	else if (e->opcode == IORING_OP_URING_CMD)
		fd_find(&us->st, task, e->fd, &f);
	if (f.sk || (e->opcode == IORING_OP_MSG_RING && e->addr == IORING_MSG_SEND_FD))
		__sync_fetch_and_add(&uring_unlisted, 1);
}

__noinline int request_begin(struct uring_state *us, __u64 request)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *st;
	struct rec_call *c;
	struct request *r;
	bool at_entry;
	__u32 id;

	if (!us)
		return 0;
	st = &us->st;
	c = &st->buf.call;
	r = &us->request;
	id = op_call(us);
	if (id >= CALLS) {
		request_unlisted(us, task);
		return 0;
	}
	request_describe(us, id);
	if (!request_find(us, task, id))
		return 0;
	c->h.ts = bpf_ktime_get_ns();
	if (c->h.ts <= us->last)
		c->h.ts = us->last + 1;
	us->last = c->h.ts;
	owner_tell(us, task, r->ring);
	st->narrow = BPF_CORE_READ_BITFIELD_PROBED((struct io_ring_ctx *)r->ring, compat);
	at_entry = rows[id].connects || (rows[id].closes && r->silent);
	row_start(st, id, 0, 0, at_entry);
	request_save(r, st);
	if (bpf_map_update_elem(&requests, &request, r, BPF_ANY)) {
		__sync_fetch_and_add(&uring_full, 1);
		return 0;
	}
	label_add(&labels, r, request);
	if (r->shot)
		label_add(&shots, r, request);
	us->issued = request;
	return 0;
}

static __always_inline struct uring_state *submitter(__u64 request)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct uring_state *us = stopped ? 0 : uring_state_get(task);
	struct request *old;

	if (!us)
		return 0;
	uring_used = 1;
	old = bpf_map_lookup_elem(&requests, &request);
	if (old) { /* its memory is used again: it was done */
		if (old->silent)
			__sync_fetch_and_add(&uring_silent, 1);
		else
			count_loss(LOSS_UNPAIRED);
		us->request = *old;
		request_load(&us->st, &us->request);
		request_open(&us->st, us->request.silent);
		request_forget(&us->request, request);
	}
	READ_BYTES(us->request.ring, request, struct io_kiocb, ctx);
	return us;
}

SEC("tp_btf/io_uring_submit_req")
int BPF_PROG(uring_submit, struct io_kiocb *req)
{
	__u64 request = (__u64)req, user_data = 0;
	struct uring_state *us = submitter(request);

	if (!us || !sqe_read(&us->sqe, us->request.ring))
		return 0;
	READ_BYTES(user_data, request, struct io_kiocb, cqe.user_data);
	if (us->sqe.user_data != user_data)
		return 0;
	return request_begin(us, as_number(&us->st, req));
}

/* It was refused before it was one: the completion says why. */
SEC("tp_btf/io_uring_req_failed")
int BPF_PROG(uring_failed, const void *sqe, struct io_kiocb *req)
{
	struct uring_state *us = submitter((__u64)req);

	if (!us || bpf_probe_read_kernel(&us->sqe, sizeof(us->sqe), sqe))
		return 0;
	return request_begin(us, as_number(&us->st, req));
}

/* A request is about to be issued, which may be in another thread, or after those that it is linked to. */
SEC("tp_btf/io_uring_file_get")
int BPF_PROG(uring_issue, struct io_kiocb *req)
{
	__u64 request = (__u64)req;
	struct uring_state *us;

	if (stopped || !uring_used || !bpf_map_lookup_elem(&requests, &request))
		return 0;
	us = uring_state_get(bpf_get_current_task_btf());
	if (us)
		us->issued = request;
	return 0;
}

#endif
