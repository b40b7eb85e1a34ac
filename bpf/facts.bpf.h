/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel does to a socket by itself: connections that come up and go down, accept queues, datagrams that arrive
 * or find no room, segments sent again, resets, errors. Of sockets that were told of, and of those that wait to be
 * accepted by one of them. These programs run in softirqs too, on top of any task.
 */
#ifndef SOCKLIFE_FACTS_BPF_H
#define SOCKLIFE_FACTS_BPF_H

#include "datagram.bpf.h"
#include "syscalls.h"

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
	return !socket || inode == s->inode;
}

/* The call that the current thread is in; NULL: none, or not traced. */
static __always_inline struct rec_call *current_call(__u32 *tid)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *st = bpf_task_storage_get(&tasks, task, 0, 0);

	if (!st || !st->open)
		return 0;
	*tid = task->pid;
	return &st->buf.call;
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

/* Who came last: the tail's request of a TCP listener's queue, the tail's sender of a unix one's. */
static __always_inline __u64 queue_tail(__u64 sk, __u16 family)
{
	__u64 tail = 0, child = 0;

	if (family == AF_UNIX) {
		READ_BYTES(tail, sk, struct sock, sk_receive_queue.prev);
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
static __always_inline void queue_went(struct rec_call *c)
{
	struct rec_fact r;
	__u16 family = 0;

	READ_BYTES(family, c->sk, struct sock, __sk_common.skc_family);
	if (!has_queue(family))
		return;
	r = queue_fact(c->sk, transport_of(c->sk), family);
	r.other = c->sk2 ? transport_of(c->sk2) : 0;
	fact_of_call(&r, c);
	fact_send(&r);
}

struct udp_ports { /* the first words of a UDP header */
	__be16 source, dest;
};

/* Did sk send the datagram that stands last in the queue of `to`? Of unix ones the skb knows its sender. */
static __always_inline bool is_sender(__u64 skb, __u16 family, __u64 sk)
{
	__u64 head = 0, from = 0;
	__u16 at = 0, num = 0;
	struct udp_ports udp = {};

	if (family == AF_UNIX) {
		READ_BYTES(from, skb, struct sk_buff, sk);
		return from == sk;
	}
	if (family != AF_INET && family != AF_INET6)
		return false;
	READ_BYTES(head, skb, struct sk_buff, head);
	READ_BYTES(at, skb, struct sk_buff, transport_header);
	READ_BYTES(num, sk, struct sock, __sk_common.skc_num);
	bpf_probe_read_kernel(&udp, sizeof(udp), (void *)(head + at));
	return udp.source == bpf_htons(num);
}

static __always_inline bool is_send(__u8 call)
{
#define CALL(name, verb, ...) \
	case CALL_##name: \
		return !__builtin_strcmp(#verb, "SEND");
	switch (call) {
		SYSCALLS(CALL)
	}
#undef CALL
	return false;
}

/* A datagram came, by the hand of the thread that sends it if that is on this CPU. */
static __always_inline void datagram_came(__u64 sk, __u16 type)
{
	struct rec_fact r = fact_make(FACT_ARRIVED, sk, 0);
	struct rec_call *c;
	__u16 family = 0;
	__u64 skb = 0;
	__u32 len = 0, tid = 0, n = 0;

	READ_BYTES(family, sk, struct sock, __sk_common.skc_family);
	READ_BYTES(n, sk, struct sock, sk_receive_queue.qlen);
	if (n) {
		READ_BYTES(skb, sk, struct sock, sk_receive_queue.prev);
		READ_BYTES(len, skb, struct sk_buff, len);
		datagram_awaited(sk, skb, len);
	}
	if (type != SOCK_DGRAM || !was_told(sk))
		return;
	r.value = n ? (__s64)len : -1;
	c = current_call(&tid);
	if (c && n && is_send(c->h.call) && is_sender(skb, family, c->sk)) {
		r.h.tid = tid;
		r.at = c->h.ts;
		r.other = c->sk;
	}
	fact_send(&r);
}

SEC("tp_btf/sk_data_ready")
int BPF_PROG(fact_data_ready, const struct sock *sock)
{
	if (sock->__sk_common.skc_state == TCP_LISTEN)
		queue_came((__u64)sock);
	else if (sock->sk_type != SOCK_STREAM)
		datagram_came((__u64)sock, sock->sk_type);
	return 0;
}

/* What is numbered after the SYNs: ours and the peer's are the other end's the other way round. */
static __always_inline __u64 sequence_pair(__u64 sk)
{
	__u32 own = 0, peer = 0;

	READ_BYTES(own, sk, struct tcp_sock, snd_una);
	READ_BYTES(peer, sk, struct tcp_sock, rcv_nxt);
	return (__u64)own << 32 | peer;
}

#define SOCK_DONE (1ul << 1) /* enum sock_flags, include/net/sock.h: a FIN came */
#define FIN_SENT (1 << 4 | 1 << 5 | 1 << 9 | 1 << 11) /* FIN_WAIT1, FIN_WAIT2, LAST_ACK, CLOSING */

/* What ends with the connection: not read by the program, not acknowledged by the peer. A FIN has a number too. */
static __always_inline __u64 left_over(__u64 sk, int from)
{
	__u32 next = 0, copied = 0, written = 0, una = 0, unread, unsent;
	unsigned long flags = 0;

	READ_BYTES(next, sk, struct tcp_sock, rcv_nxt);
	READ_BYTES(copied, sk, struct tcp_sock, copied_seq);
	READ_BYTES(written, sk, struct tcp_sock, write_seq);
	READ_BYTES(una, sk, struct tcp_sock, snd_una);
	READ_BYTES(flags, sk, struct sock, __sk_common.skc_flags);
	unread = next - copied;
	unsent = written - una;
	if (unread && flags & SOCK_DONE)
		unread--;
	if (unsent && FIN_SENT & 1 << (from & 15))
		unsent--;
	return (__u64)unread << 32 | unsent;
}

static __always_inline bool waits_for_accept(__u64 sk, int from, int to)
{
	struct port p;

	if (from != TCP_SYN_RECV || to != TCP_ESTABLISHED || stopped)
		return false;
	p = port_of(sk);
	return bpf_map_lookup_elem(&ports, &p);
}

/*
 * Of the states that only the program itself brings about close()'s tell nothing: it has ended for the program by then. Others
 * are told before the call that makes them returns, as the peer's answer may be.
 */
#define OWN_STATES (1 << TCP_FIN_WAIT1 | 1 << TCP_LAST_ACK | 1 << TCP_SYN_SENT)
#define PEER_STATES \
	(1 << TCP_ESTABLISHED | 1 << TCP_TIME_WAIT | 1 << TCP_CLOSE | 1 << TCP_CLOSE_WAIT | 1 << TCP_CLOSING)

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(fact_state, const struct sock *sock, int from, int to)
{
	__u64 sk = (__u64)sock, transport;
	struct rec_fact r;
	struct rec_call *c;
	__u8 shutdown = 0;
	__u32 tid = 0;
	bool own;

	if (from == to || !((OWN_STATES | PEER_STATES) & 1 << (to & 15)) ||
	    (!was_told(sk) && !waits_for_accept(sk, from, to)))
		return 0;
	c = current_call(&tid);
	own = c && c->sk == sk;
	if (OWN_STATES & 1 << (to & 15) && (!own || c->h.call == CALL_close))
		return 0;
	transport = transport_of(sk);
	READ_BYTES(shutdown, sk, struct sock, sk_shutdown);
	r = fact_make(FACT_STATE, sk, (to & 0xff) | (from & 0xff) << 8 | shutdown << 16);
	READ_BYTES(r.extra, sk, struct sock, sk_err);
	if (to == TCP_ESTABLISHED)
		r.other = sequence_pair(transport);
	else if (to == TCP_CLOSE && from != TCP_LISTEN && from != TCP_SYN_SENT)
		r.other = transport == sk ? left_over(sk, from) : ~0ull;
	if (own) {
		r.h.tid = tid;
		r.at = c->h.ts;
	}
	fact_send(&r);
	if (from == TCP_LISTEN && to == TCP_CLOSE) {
		r = queue_fact(sk, transport, AF_INET);
		fact_send(&r);
	}
	return 0;
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(fact_retransmit, const struct sock *sock)
{
	struct rec_fact r;

	if (!was_told((__u64)sock))
		return 0;
	r = fact_make(FACT_RETRANSMIT, (__u64)sock, 0);
	fact_send(&r);
	return 0;
}

SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(fact_retransmit_synack, const struct sock *sock)
{
	struct rec_fact r;

	if (!was_told((__u64)sock))
		return 0;
	r = fact_make(FACT_RETRANSMIT, (__u64)sock, 1);
	fact_send(&r);
	return 0;
}

/* The reason is an argument since 6.10, and sk may be NULL. */
SEC("tp_btf/tcp_send_reset")
int fact_reset_sent(__u64 *ctx)
{
	__u64 sk = ctx[0];
	struct rec_fact r;

	if (!sk || !was_told(sk))
		return 0;
	r = fact_make(FACT_RESET, sk, 1);
	if (bpf_core_type_exists(enum sk_rst_reason))
		r.extra = (__u32)ctx[2] + 1;
	fact_send(&r);
	return 0;
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(fact_reset_received, const struct sock *sock)
{
	struct rec_fact r;

	if (!was_told((__u64)sock))
		return 0;
	r = fact_make(FACT_RESET, (__u64)sock, 0);
	fact_send(&r);
	return 0;
}

SEC("tp_btf/inet_sk_error_report")
int BPF_PROG(fact_error, const struct sock *sock)
{
	struct rec_fact r;
	int err = 0;

	if (!was_told((__u64)sock))
		return 0;
	READ_BYTES(err, (__u64)sock, struct sock, sk_err);
	r = fact_make(FACT_ERROR, (__u64)sock, err);
	if (err)
		fact_send(&r);
	return 0;
}

SEC("tp_btf/udp_fail_queue_rcv_skb")
int BPF_PROG(fact_drop, int rc, const struct sock *sock)
{
	struct rec_fact r;

	if (!was_told((__u64)sock))
		return 0;
	r = fact_make(FACT_DROP, (__u64)sock, rc);
	fact_send(&r);
	return 0;
}

#endif
