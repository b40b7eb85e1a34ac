/* SPDX-License-Identifier: GPL-2.0-only */
/* Accept queues of listeners that were told of: how full they are, who came, who went, what the kernel dropped. */
#ifndef SOCKLIFE_QUEUE_BPF_H
#define SOCKLIFE_QUEUE_BPF_H

#include "datagram.bpf.h"

/* An address may be used again, for a socket of somebody else: then the inode differs. An orphan has none any more. */
static __always_inline bool was_told(__u64 sk)
{
	struct seen *s = stopped ? 0 : bpf_map_lookup_elem(&sockets, &sk);
	__u64 socket = 0, inode = 0;

	if (!s)
		return false;
	READ_BYTES(socket, sk, struct sock, sk_socket);
	if (socket)
		READ_BYTES(inode, socket, struct socket_alloc, vfs_inode.i_ino);
	return s->since >= file_start && (!socket || inode == s->inode);
}

static __always_inline __u32 queue_drops(__u64 sk)
{
	__u32 drops = 0, one = 0;
	__u64 counters = 0;

	READ_BYTES(drops, sk, struct sock, sk_drops.counter);
	if (!bpf_core_field_exists(struct sock, sk_drop_counters))
		return drops;
	READ_BYTES(counters, sk, struct sock, sk_drop_counters);
	if (!counters)
		return drops;
	READ_BYTES(drops, counters, struct numa_drop_counters, drops0.counter);
	READ_BYTES(one, counters, struct numa_drop_counters, drops1.counter);
	return drops + one;
}

/* 0: somebody has emptied the queue meanwhile. */
static __always_inline __u64 skb_last(__u64 sk)
{
	__u64 skb = 0;

	READ_BYTES(skb, sk, struct sock, sk_receive_queue.prev);
	return skb == (__u64) & ((struct sock *)sk)->sk_receive_queue ? 0 : skb;
}

/* Who came last: the tail's request of a TCP listener's queue, the tail's sender of a unix one's. */
static __always_inline __u64 queue_tail(__u64 sk, __u16 family)
{
	__u64 tail = 0, child = 0;

	if (family == AF_UNIX) {
		tail = skb_last(sk);
		if (tail)
			READ_BYTES(child, tail, struct sk_buff, sk);
	} else {
		READ_BYTES(tail, sk, struct inet_connection_sock, icsk_accept_queue.rskq_accept_tail);
		if (tail)
			READ_BYTES(child, tail, struct request_sock, sk);
	}
	return child;
}

static __always_inline struct rec_fact queue_fact(__u64 sk, __u64 transport, __u16 family)
{
	struct rec_fact r = fact_make(FACT_QUEUE, sk, 0);
	__u32 depth = 0;

	if (family == AF_UNIX) {
		READ_BYTES(depth, sk, struct sock, sk_receive_queue.qlen);
	} else {
		READ_BYTES(depth, transport, struct sock, sk_ack_backlog);
		r.extra = queue_drops(transport);
	}
	r.value = depth;
	return r;
}

static __always_inline bool has_queue(__u16 family)
{
	return family == AF_UNIX || family == AF_INET || family == AF_INET6;
}

/* A connection came: sk is the listener. */
static __always_inline void queue_came(__u64 sk)
{
	struct rec_fact r;
	__u64 transport;
	__u16 family = 0;

	READ_BYTES(family, sk, struct sock, __sk_common.skc_family);
	if (!has_queue(family) || !was_told(sk))
		return;
	transport = transport_of(sk);
	r = queue_fact(sk, transport, family);
	r.other = queue_tail(transport, family);
	fact_send(&r);
}

/* A listen() begins it, an accept() takes sk2 out of the queue of sk. */
__noinline int queue_went(STATE_ARG arg)
{
	struct task_state *st = state_of(arg);
	const struct rec_call *c;
	struct rec_fact r;
	__u16 family = 0;

	if (!st)
		return 0;
	c = &st->buf.call;
	READ_BYTES(family, c->sk, struct sock, __sk_common.skc_family);
	if (!has_queue(family))
		return 0;
	r = queue_fact(c->sk, transport_of(c->sk), family);
	r.other = c->sk2 ? transport_of(c->sk2) : 0;
	fact_of_call(&r, c);
	fact_send(&r);
	return 0;
}

#endif
