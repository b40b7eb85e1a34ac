/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * io_uring(7): a request is a call from its submission to its completion, in whatever thread that is. What is asked for
 * stands in the submission queue, and which file that is about in the request, once it was issued.
 */
#ifndef SOCKLIFE_URING_SUBMIT_BPF_H
#define SOCKLIFE_URING_SUBMIT_BPF_H

#include "doors.h"
#include "labels.bpf.h"
#include "slots.bpf.h"

#define ECANCELED 125

/* NULL: it is not traced. */
static __always_inline struct uring_state *uring_state_get(struct task_struct *task)
{
	struct uring_state *us;

	if (!state_get(task) && !is_worker(task))
		return 0;
	us = uring_make(task);
	if (!us)
		count_loss(LOSS_NO_STORAGE);
	return us;
}

static __always_inline void request_save(struct request *r, const struct task_state *st)
{
	r->found = st->found;
	r->given = st->given;
	r->datagram = st->datagram;
	r->segment = st->segment;
	r->narrow = st->narrow;
	r->reading = st->reading;
	r->light = st->light;
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
	st->chosen = r->chosen;
	st->light = r->light;
	st->rights = false;
	st->buf = r->buf;
}

/* A request of which no completion is to come, or none has. */
static __always_inline void request_open(struct request *r)
{
	struct rec_call *c = &r->buf.call;
	__u64 now = bpf_ktime_get_ns();

	if (r->reading)
		reader_drop(c->sk);
	c->dur = now - c->h.ts;
	c->h.ts = now;
	if (r->cancelled)
		c->ret = -ECANCELED;
	else
		c->h.flags |= CALL_OPEN | (r->silent ? CALL_SILENT : 0);
	send_call(&r->buf);
}

static __always_inline void request_forget(const struct request *r, __u64 request)
{
	if (r->silent) {
		bpf_map_delete_elem(&silents, &request);
		return;
	}
	label_end(r, request);
	bpf_map_delete_elem(&requests, &request);
}

/* Its memory is another's now: it is done. */
static __always_inline void request_stale(__u64 request)
{
	struct request *r = request_at(request);

	if (!r)
		return;
	if (!r->silent && !r->none && !r->cancelled)
		count_loss(LOSS_UNPAIRED);
	if (!r->none)
		request_open(r);
	request_forget(r, request);
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

/* Is it one that is recorded whatever its descriptor is? */
static __always_inline bool op_is_net(__u8 opcode)
{
#define OP(number, op, name, ...) \
	case number: \
		return rows[CALL_##name].net;
	switch (opcode) {
		URING_OPS(OP)
	default:
		return false;
	}
#undef OP
}

/* Worker threads stand for the one that made the ring. */
static __always_inline void owner_tell(struct uring_state *us, struct task_struct *task, __u64 ring)
{
	struct rec_call *c = &us->st.buf.call;
	struct ring *r;

	if (!(OF(task, flags) & PF_IO_WORKER)) {
		c->h.tid = OF(task, pid);
		task_tell(&us->st, task, c->h.ts);
		return;
	}
	r = bpf_map_lookup_elem(&rings_made, &ring);
	c->h.tid = r ? r->tid : OF(task, group_leader, pid);
	if (!r && ((__u64)OF(plain(task), files) != us->st.files || us->st.since < file_start))
		task_told(TO_ARG(&us->st), c->h.ts, true);
}

static __always_inline void end_find(struct uring_state *us, struct task_struct *task, __u32 fd, bool fixed)
{
	if (fixed)
		file_found(&us->st, slot_file(us->request.ring, fd), &us->st.found);
	else
		fd_find(&us->st, task, fd, &us->st.found);
}

/* Each end of a splice may be a slot: IOSQE_FIXED_FILE is the second one's. */
static __always_inline void splice_find(struct uring_state *us, struct task_struct *task)
{
	bool from_slot = us->sqe.op_flags & SPLICE_F_FD_IN_FIXED, to_slot = us->sqe.flags & IOSQE_FIXED_FILE;
	struct rec_call *c = &us->st.buf.call;

	end_find(us, task, c->args[0], from_slot);
	if (us->st.found.sk) {
		c->h.flags |= from_slot ? CALL_DIRECT : 0;
		return;
	}
	end_find(us, task, c->args[2], to_slot);
	c->h.flags |= CALL_SECOND | (to_slot ? CALL_DIRECT : 0);
}

/* Its descriptor, as far as it is known before the request is issued. false: it is about no socket. */
static __always_inline bool request_find(struct uring_state *us, struct task_struct *task, __u32 id)
{
	struct task_state *st = &us->st;
	struct found none = {};

	st->found = none;
	if (id == CALL_splice)
		splice_find(us, task);
	else if (rows[id].fds == FDS_TAKES || rows[id].fds == FDS_ACCEPTS)
		end_find(us, task, st->buf.call.args[0], st->buf.call.h.flags & CALL_DIRECT);
	return (rows[id].net || !st->found.file || st->found.sk || rows[id].fds == FDS_SLOTS) &&
	       !is_left_out(st, rows[id]);
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
	r->none = r->cancelled = false;
	r->next = 0;
	r->shot = is_shot(e, id);
	r->silent = e->flags & IOSQE_CQE_SKIP_SUCCESS;
	r->chosen = e->flags & IOSQE_BUFFER_SELECT && id != CALL_recvmsg;
	c->h.flags = VIA_IO_URING << 12 | (r->file_index ? CALL_MADE_DIRECT : 0) | (r->shot ? CALL_SHOT : 0);
	if (id == CALL_close && e->file_index) {
		c->args[0] = e->file_index - 1;
		c->h.flags |= CALL_DIRECT;
	} else if (e->flags & IOSQE_FIXED_FILE && id != CALL_splice) {
		c->h.flags |= CALL_DIRECT;
	}
}

/* No call of the table: one that completes more than once, or that does something to a socket. */
static __always_inline void request_unlisted(struct uring_state *us, struct task_struct *task, __u64 request)
{
	const struct uring_sqe *e = &us->sqe;
	struct request *r = &us->request;
	struct found none = {};

	us->st.found = none;
	if (e->opcode == IORING_OP_URING_CMD)
		end_find(us, task, e->fd, e->flags & IOSQE_FIXED_FILE);
	if (us->st.found.sk || (e->opcode == IORING_OP_MSG_RING && e->addr == IORING_MSG_SEND_FD))
		count_one(&uring_unlisted);
	if (!shot_unlisted(e))
		return;
	r->user_data = e->user_data;
	r->none = r->shot = true;
	r->silent = r->reading = false;
	if (bpf_map_update_elem(&requests, &request, r, BPF_ANY))
		count_one(&uring_full);
	else
		label_add(r, request);
}

static __always_inline int request_keep(struct uring_state *us, __u64 request)
{
	struct request *r = &us->request;
	long err;

	request_save(r, &us->st);
	if (r->silent) {
		count_one(&uring_silent);
		err = bpf_map_update_elem(&silents, &request, r, BPF_ANY);
	} else {
		err = bpf_map_update_elem(&requests, &request, r, BPF_ANY);
	}
	if (!err) {
		if (!r->silent)
			label_add(r, request);
		us->issued = request;
		return 0;
	}
	count_one(&uring_full);
	if (r->reading)
		reader_drop(r->buf.call.sk);
	return 0;
}

/* Nobody tells when a silent close is done: it is when its turn comes, be it at once, or after a request that is told of. */
static __always_inline bool waits_behind(__u64 behind, __u64 request)
{
	struct request *r = behind ? bpf_map_lookup_elem(&requests, &behind) : 0;

	if (!r || r->none)
		return false;
	r->next = request;
	return true;
}

#define IO_RING_F_COMPAT (1 << 11) /* include/linux/io_uring_types.h */

/* A 32-bit program has made it. */
static __always_inline bool ring_is_narrow(__u64 ring)
{
	__u32 flags = 0;

	if (bpf_core_field_exists(struct io_ring_ctx, compat))
		return BPF_CORE_READ_BITFIELD_PROBED((struct io_ring_ctx *)ring, compat);
	READ_BYTES(flags, ring, struct io_ring_ctx, int_flags);
	return flags & IO_RING_F_COMPAT;
}

enum begun { BEGUN_NONE, BEGUN, BEGUN_AT_ENTRY };

/* us->sqe is what was submitted; us->st becomes its call. */
__noinline enum begun request_begin(struct uring_state *us, __u64 request, __u64 behind)
{
	struct task_struct *task = this_task();
	struct task_state *st;
	struct rec_call *c;
	struct request *r;
	bool at_entry;
	__u32 id;

	if (!us)
		return BEGUN_NONE;
	st = &us->st;
	c = &st->buf.call;
	r = &us->request;
	id = op_call(us);
	if (id >= CALLS) {
		request_unlisted(us, task, request);
		return BEGUN_NONE;
	}
	request_describe(us, id);
	if (!request_find(us, task, id))
		return BEGUN_NONE;
	c->h.call = id;
	c->h.ts = bpf_ktime_get_ns();
	if (c->h.ts <= us->last)
		c->h.ts = us->last + 1;
	us->last = c->h.ts;
	owner_tell(us, task, r->ring);
	st->narrow = ring_is_narrow(r->ring);
	at_entry = rows[id].connects || (rows[id].closes && r->silent && !waits_behind(behind, request));
	return at_entry ? BEGUN_AT_ENTRY : BEGUN;
}

/* Who is not traced submits too, into memory that was a request's that is. */
static __always_inline int submitted(struct uring_state *us, __u64 request)
{
	__u64 behind = us->link;
	enum begun begun;

	us->link = us->sqe.flags & (IOSQE_IO_LINK | IOSQE_IO_HARDLINK) ? request : 0;
	begun = request_begin(us, request, behind);
	if (!begun)
		return 0;
	row_start(TO_ARG(&us->st), us->st.buf.call.h.call, begun == BEGUN_AT_ENTRY);
	return request_keep(us, request);
}

static __always_inline struct uring_state *submitter(__u64 request)
{
	struct uring_state *us;

	if (stopped)
		return 0;
	if (uring_used)
		request_stale(request);
	us = uring_state_get(this_task());
	if (!us)
		return 0;
	uring_used = 1;
	READ_BYTES(us->request.ring, request, struct io_kiocb, ctx);
	return us;
}

static __always_inline int submit(__u64 *ctx)
{
	__u64 request = request_of((struct io_kiocb *)ctx[0]), user_data = 0;
	struct uring_state *us = submitter(request);

	if (!us || !sqe_read(&us->sqe, us->request.ring))
		return 0;
	READ_BYTES(user_data, request, struct io_kiocb, cqe.user_data);
	if (us->sqe.user_data != user_data)
		return 0;
	return submitted(us, request);
}

/* It was refused before it was one: the completion says why. */
static __always_inline int submit_failed(__u64 *ctx)
{
	__u64 request = request_of((struct io_kiocb *)ctx[1]);
	struct uring_state *us = submitter(request);

	if (!us || bpf_probe_read_kernel(&us->sqe, sizeof(us->sqe), (void *)ctx[0]))
		return 0;
	return submitted(us, request);
}

/* A request is about to be issued, which may be in another thread, or after those that it is linked to. */
static __always_inline int issue(__u64 *ctx)
{
	__u64 request = request_of((struct io_kiocb *)ctx[0]);
	struct uring_state *us;

	if (stopped || !uring_used || !request_at(request))
		return 0;
	us = uring_state_get(this_task());
	if (us)
		us->issued = request;
	return 0;
}

TWICE(io_uring_submit_req, uring_submit, submit)
TWICE(io_uring_req_failed, uring_failed, submit_failed)
TWICE(io_uring_file_get, uring_issue, issue)

#endif
