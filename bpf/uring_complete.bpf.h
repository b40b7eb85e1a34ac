/* SPDX-License-Identifier: GPL-2.0-only */
/* io_uring requests that complete, once or several times, and those that have not when the trace ends. */
#ifndef SOCKLIFE_URING_COMPLETE_BPF_H
#define SOCKLIFE_URING_COMPLETE_BPF_H

#include "uring_submit.bpf.h"

#define IORING_SETUP_REGISTERED_FD_ONLY (1 << 15)
#define IORING_CQE_F_MORE 2 /* include/uapi/linux/io_uring.h: another is to come */
#define IORING_CQE_F_NOTIF 8 /* the memory of a SEND_ZC may be used again */

/* The file that it was issued on, where it was; what was found before may have been another's. A splice's is the second. */
static __always_inline bool request_file(struct task_state *st, __u64 request)
{
	struct rec_call *c = &st->buf.call;
	struct found f = {};
	__u64 file = 0;

	if (request)
		READ_BYTES(file, request, struct io_kiocb, file);
	if (!file || file == st->found.file || (c->h.call == CALL_splice && !(c->h.flags & CALL_SECOND)))
		return false;
	file_found(st, file, &f);
	if (st->reading)
		reader_exit(st, c->sk);
	st->reading = false;
	st->datagram = 0;
	st->found = f;
	c->sk = f.sk;
	return true;
}

static __always_inline bool request_names_same(struct task_state *st, __u64 ring)
{
	const struct rec_call *c = &st->buf.call;

	if (c->h.flags & CALL_DIRECT && !bpf_core_field_exists(struct io_file_table, data))
		return true;
	if (c->h.flags & CALL_DIRECT)
		return slot_file(ring, own_fd(c)) == st->found.file;
	return names_same(st, this_task());
}

/* st has the request's call; request: struct io_kiocb, 0 where it is not certain which. */
__noinline int request_end(STATE_ARG arg, const struct request *r, __u64 request, __s64 ret)
{
	struct task_state *st = state_of(arg);
	struct rec_call *c;
	__u32 id, same;

	if (!st || !r || st->buf.call.h.call >= CALLS)
		return 0;
	c = &st->buf.call;
	id = c->h.call;
	if (request_file(st, request) && rows[id].mem == MEM_MSG_IN && c->sk)
		control_look(TO_ARG(st), c->args[1], false, st->narrow);
	if ((!rows[id].net && !c->sk && !rows[id].closes && rows[id].fds != FDS_SLOTS) || is_left_out(st, rows[id]))
		return 0;
	call_returned(st, ret);
	same = request_names_same(st, r->ring);
	if (io_mode && st->light && c->sk && row_counted(TO_ARG(st), id, same))
		return 0;
	if (io_mode && rows[id].closes && c->sk)
		sums_tell(c->sk, c->h.ts, true);
	slots_tell(st, r, id);
	if (ret >= 0)
		row_results(TO_ARG(st), id);
	row_facts(TO_ARG(st), id, same);
	if (r->shot && c->data_kind == DATA_MSG && st->buf.msg.head.controllen)
		count_one(&uring_hidden);
	send_call(&st->buf);
	return 0;
}

static __always_inline struct uring_state *completer(void)
{
	struct uring_state *us = uring_make(this_task());

	if (!us)
		count_loss(LOSS_NO_STORAGE);
	return us;
}

/* The next completion of a request is as long as it takes from here. */
static __always_inline void shot_again(struct task_state *st, __u64 request)
{
	struct request *r = bpf_map_lookup_elem(&requests, &request);

	if (!r)
		return;
	r->buf.call.h.ts = st->buf.call.h.ts;
	if (r->reading)
		receive_enter(TO_ARG(st), st->buf.call.sk);
	r->datagram = st->datagram;
	r->segment = st->segment;
}

/* One of several completions; of which request is not certain where more than one has its label. */
static __always_inline int shot_end(const struct label *label, __s64 ret)
{
	struct labelled *l = bpf_map_lookup_elem(&labels, label);
	struct uring_state *us;
	struct task_state *st;
	struct request *r;
	__u64 request;
	bool clear;

	if (!l || !l->shot_count || (l->call >= CALLS && !l->mixed))
		return 0;
	clear = l->shot_count == 1;
	request = clear ? l->shots : l->shot;
	r = bpf_map_lookup_elem(&requests, &request);
	if (!clear)
		count_one(&uring_unclear);
	if (!r || r->none || !r->shot || !has_label(r, label) || (!clear && l->mixed))
		return 0;
	us = completer();
	if (!us)
		return 0;
	us->request = *r;
	st = &us->st;
	request_load(st, &us->request);
	if (!clear) {
		st->found.file = st->found.sk = st->buf.call.sk = 0;
		st->buf.call.args[0] = -1;
		st->buf.call.h.flags &= ~CALL_DIRECT;
		st->reading = false;
	}
	request_end(TO_ARG(st), &us->request, clear ? request : 0, ret);
	if (clear)
		shot_again(st, request);
	return 0;
}

/* The turn of a silent close has come. */
static __always_inline void close_begins(__u64 request)
{
	struct request *r = bpf_map_lookup_elem(&silents, &request);
	__u16 flags;

	if (!r)
		return;
	flags = r->buf.call.h.flags;
	r->buf.call.h.ts = bpf_ktime_get_ns();
	r->buf.call.h.flags |= CALL_ENTERED;
	send_call(&r->buf);
	r->buf.call.h.flags = flags;
}

static __always_inline int request_done(struct uring_state *us, const struct request *r, __u64 request, __s64 ret)
{
	us->request = *r;
	request_forget(&us->request, request);
	if (us->issued == request)
		us->issued = 0;
	if (us->request.none)
		return 0;
	if (us->request.silent)
		us->failed = request;
	request_load(&us->st, &us->request);
	request_end(TO_ARG(&us->st), &us->request, request, ret);
	if (us->request.next && ret >= 0)
		close_begins(us->request.next);
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

/* A request of a ring that was there before the trace; those of its multishot ones are told by the last completion only. */
static __always_inline void before_count(__u64 request, __u64 ring)
{
	struct task_struct *task = this_task();
	__u8 opcode = 0;

	if (bpf_map_lookup_elem(&rings_made, &ring) || (!state_get(task) && !is_worker(task)))
		return;
	READ_BYTES(opcode, request, struct io_kiocb, opcode);
	if (op_is_net(opcode))
		count_one(&uring_before);
}

/* ring, request (0: of several completions one that is not the last), completion. */
static __always_inline int completed(__u64 *ctx)
{
	__u64 request = ctx[1];
	struct io_uring_cqe cqe;
	struct uring_state *us;
	struct label label;
	struct request *r;

	if (stopped)
		return 0;
	if (!uring_used) {
		if (request)
			before_count(request, ctx[0]);
		return 0;
	}
	cqe_read(&cqe, ctx);
	label = (struct label){ ctx[0], cqe.user_data };
	if (!request)
		return cqe.flags & IORING_CQE_F_MORE ? shot_end(&label, cqe.res) : 0;
	r = request_at(request);
	if (!r)
		before_count(request, ctx[0]);
	if (!r || cqe.flags & IORING_CQE_F_NOTIF)
		return 0;
	if (!has_label(r, &label)) {
		request_stale(request);
		return 0;
	}
	us = completer();
	return us ? request_done(us, r, request, cqe.res) : 0;
}

/* No room for a completion in the ring: it is kept elsewhere, and only told of here. */
static __always_inline int overflowed(__u64 *ctx)
{
	struct label label = { ctx[0], ctx[1] };
	int res = ctx[2];
	__u32 flags = ctx[3];
	struct uring_state *us;
	struct labelled *l;
	struct request *r;
	__u64 request;

	if (stopped || !uring_used || flags & IORING_CQE_F_NOTIF)
		return 0;
	l = bpf_map_lookup_elem(&labels, &label);
	if (!l)
		return 0;
	if (flags & IORING_CQE_F_MORE && l->shot_count)
		return shot_end(&label, res);
	if (l->count > 1) {
		count_one(&uring_unclear);
		return 0;
	}
	request = l->requests;
	r = request_at(request);
	if (!r || !has_label(r, &label))
		return 0;
	us = completer();
	return us ? request_done(us, r, request, res) : 0;
}

/* One that is linked to one that failed; where that was silent, this one is too. */
static __always_inline int link_failed(__u64 *ctx)
{
	__u64 failed = request_of((struct io_kiocb *)ctx[0]), request = request_of((struct io_kiocb *)ctx[1]);
	struct uring_state *us;
	struct request *r;

	if (stopped || !uring_used)
		return 0;
	us = uring_at(this_task());
	r = us && us->failed == failed ? request_at(request) : 0;
	if (r)
		r->cancelled = true;
	return 0;
}

static __always_inline int created(__u64 *ctx)
{
	struct task_struct *task = this_task();
	struct task_state *st = stopped ? 0 : state_get(task);
	__u64 ring = ctx[1];
	struct rec_fact fact;
	struct ring r = {};

	if (!st)
		return 0;
	uring_used = 1;
	r.tid = OF(task, pid);
	bpf_map_update_elem(&rings_made, &ring, &r, BPF_ANY);
	fact = fact_make(FACT_SLOT, 0, -2);
	fact.h.tid = OF(task, pid);
	fact.other = ring;
	fact.extra = ctx[4] & IORING_SETUP_REGISTERED_FD_ONLY ? ~0u : ctx[0];
	task_tell(st, task, fact.h.ts);
	fact_send(&fact);
	return 0;
}

TWICE(io_uring_complete, uring_complete, completed)
TWICE(io_uring_cqe_overflow, uring_overflow, overflowed)
TWICE(io_uring_fail_link, uring_link_failed, link_failed)
TWICE(io_uring_create, uring_create, created)

/* After the stop: the requests that have not completed. */
SEC("iter/bpf_map_elem")
int uring_pending(struct bpf_iter__bpf_map_elem *ctx)
{
	struct uring_state *us;
	struct request *r = ctx->value;

	if (!r || r->none)
		return 0;
	us = completer();
	if (!us)
		return 0;
	us->request = *r;
	request_open(&us->request);
	return 0;
}

#endif
