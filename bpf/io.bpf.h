/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which sends and receives are counted (sums.bpf.h) instead of told of, where that is asked for: those that succeeded or
 * would have blocked, and of which nothing follows for the socket. Of the others the program's memory is looked at when they
 * return.
 */
#ifndef SOCKLIFE_IO_BPF_H
#define SOCKLIFE_IO_BPF_H

#include "calls.bpf.h"

#define EAGAIN 11
#define MSG_PEEK 2
#define MSG_MORE 0x8000
#define RCV_SHUTDOWN 1 /* sk_shutdown */

static __always_inline __u32 io_flags(const struct rec_call *c, __u32 id)
{
	switch (id) {
	case CALL_sendto:
	case CALL_recvfrom:
	case CALL_send:
	case CALL_recv:
	case CALL_sendmmsg:
	case CALL_recvmmsg:
		return c->args[3];
	case CALL_sendmsg:
	case CALL_recvmsg:
		return c->args[2];
	default:
		return 0;
	}
}

static __always_inline bool io_sends(const struct rec_call *c, const struct row row)
{
	return row.sends || c->h.flags & CALL_SECOND;
}

/* As user/model_messages.c: messages_out(), takes_nothing(). */
static __always_inline __u64 io_messages(struct task_state *st, const struct row row, __u64 bytes, __u32 flags)
{
	struct rec_call *c = &st->buf.call;
	__u64 n = row.mem == MEM_MMSG_IN || row.mem == MEM_MMSG_OUT ? c->ret : 1, segments = 0;
	bool out = io_sends(c, row);
	__u16 family = 0, size = 0;

	if (!bytes && !row.net && row.id != CALL_write && (out || !c->args[2]))
		return 0;
	READ(family, c->sk, struct sock, __sk_common.skc_family);
	if (out && flags & MSG_MORE && (family == AF_INET || family == AF_INET6))
		return 0;
	if (out && !st->segment && is_udp(c->sk)) {
		READ(size, c->sk, struct udp_sock, gso_size);
		st->segment = size;
	}
	if (st->segment)
		segments = (bytes + st->segment - 1) / st->segment;
	return segments > n ? segments : n;
}

/* recv(2): with MSG_TRUNC a datagram's length comes back, whatever was copied of it. */
static __always_inline __u64 io_bytes(const struct rec_call *c, const struct row row, __u32 flags, bool narrow)
{
	__u64 ret = c->ret;

	if (row.mem == MEM_MMSG_IN || row.mem == MEM_MMSG_OUT)
		return copy_mmsg_bytes(arg(c, row.at), ret, narrow);
	if ((row.id == CALL_recvfrom || row.id == CALL_recv) && flags & MSG_TRUNC && ret > c->args[2] &&
	    has_datagrams(c->sk))
		return c->args[2];
	return ret;
}

/* false: it has received nothing, which may be an end of file. What is peeked at, and what came back, has not moved. */
static __always_inline bool io_moved(struct task_state *st, const struct row row, bool narrow, struct moved *m)
{
	struct rec_call *c = &st->buf.call;
	__u32 flags = io_flags(c, row.id);
	__u16 type = 0;

	if (c->ret < 0) {
		m->error = true;
		return true;
	}
	READ(type, c->sk, struct sock, sk_type);
	m->bytes = io_bytes(c, row, flags, narrow);
	if (!m->bytes && !io_sends(c, row) &&
	    (type == SOCK_STREAM || type == SOCK_SEQPACKET || c->shutdown & RCV_SHUTDOWN))
		return false;
	if (!io_sends(c, row) && flags & (MSG_PEEK | MSG_ERRQUEUE))
		m->bytes = 0;
	else if (type != SOCK_STREAM)
		m->messages = io_messages(st, row, m->bytes, flags);
	return true;
}

/* The program learns by it what became of its connect(). */
static __always_inline bool io_learns(__u64 sk)
{
	return connecting_count > 0 && bpf_map_lookup_elem(&connecting, &sk);
}

/* What the call has left is looked at before it is known whether it is told of: descriptors that came make it one that is. */
static __always_inline bool io_is_whole(struct task_state *st, const struct row row, bool same, bool narrow)
{
	struct rec_call *c = &st->buf.call;
	bool changed = true;

	if (same) {
		view_call(st, c);
		changed = sock_changed(st, c, st->found.socket);
		if (changed)
			sock_announce(TO_ARG(st), c->sk, st->found.socket);
	}
	if (row.mem == MEM_MSG_OUT && c->ret >= 0 && control_comes(c->sk))
		control_look(TO_ARG(st), c->args[1], true, narrow);
	if (row.mem == MEM_MMSG_OUT && c->ret > 0 && control_comes(c->sk))
		control_look_all(st, c->args[1], c->ret, true, narrow);
	return changed || st->rights || (c->ret < 0 && c->ret != -EAGAIN) || io_learns(c->sk);
}

static __always_inline bool io_count(struct task_state *st, const struct row row, bool narrow)
{
	struct rec_call *c = &st->buf.call;
	struct moved m = {};
	struct sums *s;
	struct sum *n;

	if (!io_moved(st, row, narrow, &m))
		return false;
	s = sums_of(c->sk, socket_inode(st->found.socket));
	if (!s)
		return false;
	n = &s->ways[io_sends(c, row) ? SUM_SENDS : SUM_RECEIVES];
	if (sum_is_over(n, c->h.ts))
		sums_tell(c->sk, c->h.ts, false);
	sum_add(n, c, &m);
	return true;
}

/* A call that returns: true: it was counted, and nothing is told of it. same: its descriptor names the file still. */
static __always_inline bool io_counted(struct task_state *st, const struct row row, bool same, bool narrow)
{
	struct rec_call *c = &st->buf.call;
	__u32 given = 0;

	if (st->reading)
		reader_exit(st, c->sk);
	st->reading = false;
	if (!io_is_whole(st, row, same, narrow) && io_count(st, row, narrow))
		return true;
	if (row.sends)
		copy_enter(st, row.mem, arg(c, row.at), arg(c, row.at + 1), &given, narrow);
	return false;
}

#endif
