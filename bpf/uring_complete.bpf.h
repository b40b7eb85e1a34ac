/* SPDX-License-Identifier: GPL-2.0-only */
/* io_uring requests that complete, once or several times, and those that have not when the trace ends. */
#ifndef SOCKLIFE_URING_COMPLETE_BPF_H
#define SOCKLIFE_URING_COMPLETE_BPF_H

#include "uring_submit.bpf.h"

#define IORING_CQE_F_MORE 2 /* include/uapi/linux/io_uring.h: another is to come */
#define IORING_CQE_F_NOTIF 8 /* the memory of a SEND_ZC may be used again */

/* The file that it was issued on, where it was; what was found before may have been another's. A splice's is the second. */
static __always_inline void request_file(struct task_state *st, __u64 request)
{
	struct rec_call *c = &st->buf.call;
	struct found f = {};
	__u64 file = 0;

	if (request)
		READ_BYTES(file, request, struct io_kiocb, file);
	if (!file || file == st->found.file || (c->h.call == CALL_splice && st->found.sk))
		return;
	file_found(st, file, &f);
	if (c->h.call == CALL_splice)
		c->h.flags |= CALL_SECOND;
	if (st->reading)
		reader_exit(st, c->sk);
	st->reading = false;
	st->datagram = 0;
	st->found = f;
	c->sk = f.sk;
}

static __always_inline bool request_names_same(struct task_state *st, __u64 ring)
{
	const struct rec_call *c = &st->buf.call;

	if (c->h.flags & CALL_DIRECT && !bpf_core_field_exists(struct io_file_table, data))
		return true;
	if (c->h.flags & CALL_DIRECT)
		return slot_file(ring, c->args[0]) == st->found.file;
	return names_same(st, bpf_get_current_task_btf());
}

/* st has the request's call; request: struct io_kiocb, 0 where it is not certain which. */
__noinline int request_end(struct task_state *st, const struct request *r, __u64 request, __s64 ret)
{
	struct rec_call *c;
	__u32 id;

	if (!st || !r || st->buf.call.h.call >= CALLS)
		return 0;
	c = &st->buf.call;
	id = c->h.call;
	request_file(st, request);
	if (!rows[id].net && !c->sk && !rows[id].closes && rows[id].fds != FDS_SLOTS)
		return 0;
	call_returned(st, ret);
	slots_tell(st, r, id);
	if (ret >= 0)
		row_results(st, id);
	row_facts(st, id, request_names_same(st, r->ring));
	send_call(&st->buf);
	return 0;
}

/* One of several completions; the next is to come. */
static __always_inline int shot_end(struct uring_state *us, __u64 ring, __u64 user_data, __s64 ret)
{
	struct label key = { ring, user_data };
	struct labelled *s = bpf_map_lookup_elem(&shots, &key);
	struct task_state *st = &us->st;
	struct request *r;
	__u64 request;
	bool clear;

	if (!s || !s->request)
		return 0;
	request = s->request;
	clear = s->count == 1;
	r = bpf_map_lookup_elem(&requests, &request);
	if (!r)
		return 0;
	us->request = *r;
	request_load(st, &us->request);
	if (!clear) {
		__sync_fetch_and_add(&uring_unclear, 1);
		st->found.file = st->found.sk = st->buf.call.sk = 0;
		st->buf.call.args[0] = -1;
		st->buf.call.h.flags &= ~CALL_DIRECT;
		st->reading = false;
	}
	request_end(st, &us->request, clear ? request : 0, ret);
	if (!clear)
		return 0;
	r = bpf_map_lookup_elem(&requests, &request);
	if (!r)
		return 0;
	r->buf.call.h.ts = st->buf.call.h.ts;
	if (r->reading)
		receive_enter(st, st->buf.call.sk);
	r->datagram = st->datagram;
	r->segment = st->segment;
	return 0;
}

static __always_inline struct uring_state *completer(void)
{
	struct uring_state *us =
		bpf_task_storage_get(&uring_tasks, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!us)
		count_loss(LOSS_NO_STORAGE);
	return us;
}

/* us->request is what the request was. */
static __always_inline int request_done(struct uring_state *us, __u64 request, __s64 ret)
{
	request_forget(&us->request, request);
	if (us->issued == request)
		us->issued = 0;
	request_load(&us->st, &us->request);
	request_end(&us->st, &us->request, request, ret);
	return 0;
}

const volatile bool cqe_in_words; /* the tracepoint has what is in a completion as arguments, and not where it is */

static __always_inline void cqe_read(struct io_uring_cqe *cqe, const __u64 *ctx)
{
	if (cqe_in_words)
		*cqe = (struct io_uring_cqe){ .user_data = ctx[2], .res = ctx[3], .flags = ctx[4] };
	else
		bpf_core_read(cqe, sizeof(*cqe), (void *)ctx[2]);
}

/* ring, request (0: of several completions one that is not the last), completion. */
SEC("tp_btf/io_uring_complete")
int uring_complete(__u64 *ctx)
{
	__u64 request = ctx[1];
	struct io_uring_cqe cqe;
	struct uring_state *us;
	struct request *r = 0;

	if (stopped || !uring_used)
		return 0;
	cqe_read(&cqe, ctx);
	if (cqe.flags & IORING_CQE_F_NOTIF)
		return 0;
	if (request)
		r = bpf_map_lookup_elem(&requests, &request);
	if (request && !r)
		return 0;
	us = completer();
	if (!us)
		return 0;
	if (!r)
		return shot_end(us, ctx[0], cqe.user_data, cqe.res);
	us->request = *r;
	return request_done(us, request, cqe.res);
}

/* No room for a completion in the ring: it is kept elsewhere, and only told of here. */
SEC("tp_btf/io_uring_cqe_overflow")
int BPF_PROG(uring_overflow, void *ring, __u64 user_data, int res, __u32 flags)
{
	struct label key = { (__u64)ring, user_data };
	struct uring_state *us;
	struct labelled *l;
	struct request *r;
	__u64 request;

	if (stopped || !uring_used || flags & IORING_CQE_F_NOTIF)
		return 0;
	us = completer();
	if (!us)
		return 0;
	if (flags & IORING_CQE_F_MORE && bpf_map_lookup_elem(&shots, &key))
		return shot_end(us, key.ring, user_data, res);
	l = bpf_map_lookup_elem(&labels, &key);
	if (!l)
		return 0;
	if (l->count > 1) {
		__sync_fetch_and_add(&uring_unclear, 1);
		return 0;
	}
	request = l->request;
	r = bpf_map_lookup_elem(&requests, &request);
	if (!r)
		return 0;
	us->request = *r;
	return request_done(us, request, res);
}

SEC("tp_btf/io_uring_create")
int BPF_PROG(uring_create, int fd, void *made)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *st = stopped ? 0 : state_get(task);
	struct ring r = {};
	__u64 ring = (__u64)made;

	if (!st)
		return 0;
	task_tell(st, task, bpf_ktime_get_ns());
	uring_used = 1;
	r.tid = task->pid;
	bpf_map_update_elem(&rings_made, &ring, &r, BPF_ANY);
	return 0;
}

/* After the stop: the requests that have not completed. */
SEC("iter/bpf_map_elem")
int uring_pending(struct bpf_iter__bpf_map_elem *ctx)
{
	struct uring_state *us;
	struct request *r = ctx->value;

	if (!r)
		return 0;
	us = bpf_task_storage_get(&uring_tasks, bpf_get_current_task_btf(), 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!us)
		return 0;
	us->request = *r;
	request_load(&us->st, &us->request);
	request_open(&us->st, us->request.silent);
	return 0;
}

#endif
