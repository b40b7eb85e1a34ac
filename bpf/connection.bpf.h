/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCP connections that come up and go down, in whatever hands: what is numbered, what is left over at the end. Of sockets
 * that were told of, and of those that wait to be accepted by one of them.
 */
#ifndef SOCKLIFE_CONNECTION_BPF_H
#define SOCKLIFE_CONNECTION_BPF_H

#include "facts.bpf.h"

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
__noinline int queued_tell(STATE_ARG arg)
{
	struct task_state *st = state_of(arg);
	const struct rec_call *c;
	struct seen *listener;
	struct rec_fact r;
	__u64 sk;

	if (!st)
		return 0;
	c = &st->buf.call;
	sk = c->sk;
	listener = bpf_map_lookup_elem(&sockets, &sk);
	if (!listener || !listener->queued)
		return 0;
	listener->queued--;
	r = fact_make(FACT_FOUND, c->sk2, 0);
	found_fill(&r, c->sk2, 0);
	fact_of_call(&r, c);
	fact_send(&r);
	return 0;
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

static __always_inline void state_changed(__u64 sk, int from, int to)
{
	struct rec_fact r;
	__u64 transport;
	struct rec_call *c;
	__u8 shutdown = 0;
	bool own;

	if (from == to || !((OWN_STATES | PEER_STATES) & 1 << (to & 15)) ||
	    (!was_told(sk) && !waits_for_accept(sk, from, to)))
		return;
	c = current_call();
	own = c && c->sk == sk;
	if (OWN_STATES & 1 << (to & 15) && (!own || c->h.call == CALL_close))
		return;
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
}

static __always_inline int state_change(__u64 *ctx)
{
	state_changed(ctx[0], ctx[1], ctx[2]);
	return 0;
}

/* Softirqs interrupt it hundreds of times where there are many connections, other programs hardly ever. */
TWICE_ALWAYS(inet_sock_set_state, fact_state, state_change)

#endif
