/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel does to a socket by itself: accept queues, datagrams that arrive or find no room, segments sent again,
 * resets, errors (connections: connection.bpf.h). Of sockets that were told of. These programs run in softirqs too, on top of
 * any task.
 */
#ifndef SOCKLIFE_FACTS_BPF_H
#define SOCKLIFE_FACTS_BPF_H

#include "queue.bpf.h"
#include "requests.bpf.h"
#include "syscalls.h"
#include "twice.bpf.h"

/* Sockets whose program has yet to learn what became of its connect(): waits.bpf.h. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, __u8);
} connecting SEC(".maps");

__s64 connecting_count;

static __always_inline void connecting_add(__u64 sk)
{
	__u8 one = 1;

	if (!bpf_map_update_elem(&connecting, &sk, &one, BPF_NOEXIST))
		__sync_fetch_and_add(&connecting_count, 1);
}

static __always_inline void connecting_end(__u64 sk)
{
	if (connecting_count > 0 && !bpf_map_delete_elem(&connecting, &sk))
		__sync_fetch_and_add(&connecting_count, -1);
}

static __always_inline bool is_verb(__u8 call, const char *what)
{
#define CALL(name, verb, ...) \
	case CALL_##name: \
		return !__builtin_strcmp(#verb, what);
	switch (call) {
		SYSCALLS(CALL)
	}
#undef CALL
	return false;
}

static __always_inline bool is_send(__u8 call)
{
	return is_verb(call, "SEND");
}

static __always_inline bool is_receive(__u8 call)
{
	return is_verb(call, "RECV");
}

/*
 * The request that the current thread may be issuing, where it is one that does something at once: it may have been
 * issued before, and wait, so what it is said to have done is to be on its own socket.
 */
static __always_inline struct rec_call *current_request(struct task_struct *task)
{
	struct uring_state *us = uring_used ? uring_at(task) : 0;
	struct request *r;
	__u64 issued;

	if (!us)
		return 0;
	issued = us->issued;
	r = issued ? request_at(issued) : 0;
	return r && !is_receive(r->buf.call.h.call) ? &r->buf.call : 0;
}

/* The call that the current thread is in, its ts the entry; NULL: none, or not traced. */
static __always_inline struct rec_call *current_call(void)
{
	struct task_struct *task = this_task();
	struct task_state *st = state_at(task);

	return st && st->open ? &st->buf.call : current_request(task);
}

static __always_inline void fact_within(struct rec_fact *r, const struct rec_call *c)
{
	r->h.tid = c->h.tid;
	r->h.flags = c->h.flags & VIA_FLAGS;
	r->at = c->h.ts;
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
	if ((family != AF_INET && family != AF_INET6) || !is_udp(sk))
		return false;
	READ_BYTES(head, skb, struct sk_buff, head);
	READ_BYTES(at, skb, struct sk_buff, transport_header);
	READ_BYTES(num, sk, struct sock, __sk_common.skc_num);
	bpf_probe_read_kernel(&udp, sizeof(udp), (void *)(head + at));
	return udp.source == bpf_htons(num);
}

/* A datagram came, by the hand of the thread that sends it if that is on this CPU. */
static __always_inline void datagram_came(__u64 sk, __u16 type)
{
	struct datagram *d = bpf_map_lookup_elem(&waiting, &sk);
	bool told = !io_mode && type == SOCK_DGRAM && was_told(sk);
	struct rec_fact r;
	struct rec_call *c;
	__u16 family = 0;
	__u32 len = 0;
	__u64 skb;

	if (!d && !told)
		return;
	skb = skb_last(sk);
	if (skb)
		READ_BYTES(len, skb, struct sk_buff, len);
	if (d && !d->len && skb) {
		d->segment = segment_of(skb);
		d->len = len + 1;
	}
	if (!told)
		return;
	r = fact_make(FACT_ARRIVED, sk, skb ? (__s64)len : -1);
	READ_BYTES(family, sk, struct sock, __sk_common.skc_family);
	c = current_call();
	if (c && skb && is_send(c->h.call) && is_sender(skb, family, c->sk)) {
		if (!(OF(this_task(), flags) & PF_IO_WORKER)) /* several of them may send at once */
			fact_within(&r, c);
		r.other = c->sk;
	}
	fact_send(&r);
}

static __always_inline int data_ready(__u64 *ctx)
{
	const struct sock *sock = (const struct sock *)ctx[0];

	if (stopped)
		return 0;
	if (sock->__sk_common.skc_state == TCP_LISTEN)
		queue_came((__u64)sock);
	else if (sock->sk_type != SOCK_STREAM)
		datagram_came((__u64)sock, sock->sk_type);
	return 0;
}

static __always_inline int retransmitted(__u64 *ctx)
{
	__u64 sk = ctx[0];
	struct rec_fact r;

	if (!was_told(sk))
		return 0;
	r = fact_make(FACT_RETRANSMIT, sk, 0);
	fact_send(&r);
	return 0;
}

static __always_inline int synack_retransmitted(__u64 *ctx)
{
	__u64 sk = ctx[0];
	struct rec_fact r;

	if (!was_told(sk))
		return 0;
	r = fact_make(FACT_RETRANSMIT, sk, 1);
	fact_send(&r);
	return 0;
}

/* The reason is an argument since 6.10, and sk may be NULL. */
static __always_inline int reset_sent(__u64 *ctx)
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

static __always_inline int reset_received(__u64 *ctx)
{
	__u64 sk = ctx[0];
	struct rec_fact r;

	if (!was_told(sk))
		return 0;
	r = fact_make(FACT_RESET, sk, 0);
	fact_send(&r);
	return 0;
}

static __always_inline int error_reported(__u64 *ctx)
{
	__u64 sk = ctx[0];
	struct rec_fact r;
	int err = 0;

	if (!was_told(sk))
		return 0;
	READ_BYTES(err, sk, struct sock, sk_err);
	r = fact_make(FACT_ERROR, sk, err);
	if (err)
		fact_send(&r);
	return 0;
}

static __always_inline int datagram_dropped(__u64 *ctx)
{
	__u64 sk = ctx[1];
	struct rec_fact r;

	if (!was_told(sk))
		return 0;
	r = fact_make(FACT_DROP, sk, (int)ctx[0]);
	fact_send(&r);
	return 0;
}

TWICE(sk_data_ready, fact_data_ready, data_ready)
TWICE(tcp_retransmit_skb, fact_retransmit, retransmitted)
TWICE(tcp_retransmit_synack, fact_retransmit_synack, synack_retransmitted)
TWICE(tcp_send_reset, fact_reset_sent, reset_sent)
TWICE(tcp_receive_reset, fact_reset_received, reset_received)
TWICE(inet_sk_error_report, fact_error, error_reported)
TWICE(udp_fail_queue_rcv_skb, fact_drop, datagram_dropped)

#endif
