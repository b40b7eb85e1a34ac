/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel does to a socket by itself: connections that come up and go down, accept queues, datagrams that arrive
 * or find no room, segments sent again, resets, errors. Of sockets that were told of, and of those that wait to be
 * accepted by one of them. These programs run in softirqs too, on top of any task.
 */
#ifndef SOCKLIFE_FACTS_BPF_H
#define SOCKLIFE_FACTS_BPF_H

#include "queue.bpf.h"
#include "requests.bpf.h"
#include "syscalls.h"

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
	struct uring_state *us = uring_used ? bpf_task_storage_get(&uring_tasks, task, 0, 0) : 0;
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
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *st = bpf_task_storage_get(&tasks, task, 0, 0);

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
		if (!(bpf_get_current_task_btf()->flags & PF_IO_WORKER)) /* several of them may send at once */
			fact_within(&r, c);
		r.other = c->sk;
	}
	fact_send(&r);
}

SEC("tp_btf/sk_data_ready")
int BPF_PROG(fact_data_ready, const struct sock *sock)
{
	if (stopped)
		return 0;
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

/* Those of the SYNs, or after them: FACT_FOUND. */
static __always_inline __u64 initial_numbers(__u64 sk)
{
	__u32 snd_una = 0, rcv_nxt = 0;
	__u64 acked = 0, received = 0;

	READ_BYTES(snd_una, sk, struct tcp_sock, snd_una);
	READ_BYTES(rcv_nxt, sk, struct tcp_sock, rcv_nxt);
	READ_BYTES(acked, sk, struct tcp_sock, bytes_acked);
	READ_BYTES(received, sk, struct tcp_sock, bytes_received);
	return (__u64)(snd_una - (__u32)acked) << 32 | (rcv_nxt - (__u32)received);
}

static __always_inline bool is_tcp(__u64 sk)
{
	__u16 protocol = 0, family = 0;

	READ(protocol, sk, struct sock, sk_protocol);
	READ(family, sk, struct sock, __sk_common.skc_family);
	return protocol == IPPROTO_TCP && (family == AF_INET || family == AF_INET6);
}

#define CONNECTION \
	(1 << TCP_ESTABLISHED | 1 << TCP_FIN_WAIT1 | 1 << 5 | 1 << TCP_CLOSE_WAIT | 1 << TCP_LAST_ACK | \
	 1 << TCP_CLOSING)

static __always_inline void found_fill(struct rec_fact *r, __u64 sk, __u8 kstate)
{
	__u64 transport = transport_of(sk), left;

	r->value = -1;
	r->extra = ~0u;
	if (is_tcp(transport)) {
		READ(kstate, transport, struct sock, __sk_common.skc_state);
		left = CONNECTION & 1 << (kstate & 15) ? left_over(transport, kstate) : 0;
		if (kstate == TCP_LISTEN)
			return;
		r->value = left >> 32;
		r->extra = left;
		if (CONNECTION & 1 << (kstate & 15))
			r->other = initial_numbers(transport);
	} else if (kstate != TCP_LISTEN) {
		r->value = unread_bytes(sk);
	}
}

/* One that was in the queue when its listener was found. */
static __always_inline void queued_tell(const struct rec_call *c)
{
	struct seen *listener = bpf_map_lookup_elem(&sockets, &c->sk);
	struct rec_fact r;

	if (!listener || !listener->queued)
		return;
	listener->queued--;
	r = fact_make(FACT_FOUND, c->sk2, 0);
	found_fill(&r, c->sk2, 0);
	fact_of_call(&r, c);
	fact_send(&r);
}

#define BOTH_SHUTDOWN 3 /* sk_shutdown */

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
	bool own;

	if (from == to || !((OWN_STATES | PEER_STATES) & 1 << (to & 15)) ||
	    (!was_told(sk) && !waits_for_accept(sk, from, to)))
		return 0;
	c = current_call();
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
	if (own)
		fact_within(&r, c);
	fact_send(&r);
	if (to == TCP_CLOSE &&
	    (shutdown & BOTH_SHUTDOWN) == BOTH_SHUTDOWN) /* the program closed it: who fails is told later */
		connecting_end(sk);
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
