/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a datagram really was. A receive takes the first of the queue, which is looked at when the call is entered; where
 * there is none it waits, and the first that comes is noted by whoever brings it.
 */
#ifndef SOCKLIFE_DATAGRAM_BPF_H
#define SOCKLIFE_DATAGRAM_BPF_H

#include "copy.bpf.h"

struct datagram {
	__u32 len; /* of the first that came since the receive was entered, + 1; 0: none did */
	__u32 segment;
	__u32 readers; /* calls that are in a receive */
	__u32 mixed; /* two were: which of them took which is not known */
};

struct { /* sockets that somebody receives from */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64);
	__type(value, struct datagram);
} waiting SEC(".maps");

/* Of several datagrams that travel as one (UDP_GRO): skb_shinfo(), which stands behind the data. */
static __always_inline __u32 segment_of(__u64 skb)
{
	__u64 head = 0;
	__u32 end = 0;
	__u16 size = 0;

	READ_BYTES(head, skb, struct sk_buff, head);
	READ_BYTES(end, skb, struct sk_buff, end);
	READ_BYTES(size, head + end, struct skb_shared_info, gso_size);
	return size;
}

__noinline int is_udp(__u64 sk)
{
	__u16 protocol = 0, family = 0;

	READ(protocol, sk, struct sock, sk_protocol);
	READ(family, sk, struct sock, __sk_common.skc_family);
	return protocol == IPPROTO_UDP && family != AF_UNIX;
}

/* udp_recvmsg() takes from a queue of its own before that of all sockets. */
static __always_inline __u64 queue_head(__u64 sk)
{
	__u64 skb = 0;
	__u32 n = 0;

	if (is_udp(sk)) {
		READ(n, sk, struct udp_sock, reader_queue.qlen);
		if (n) {
			READ_BYTES(skb, sk, struct udp_sock, reader_queue.next);
			return skb;
		}
	}
	READ(n, sk, struct sock, sk_receive_queue.qlen);
	if (n)
		READ_BYTES(skb, sk, struct sock, sk_receive_queue.next);
	return skb;
}

static __always_inline bool has_datagrams(__u64 sk)
{
	__u16 type = 0;

	READ(type, sk, struct sock, sk_type);
	return type != SOCK_STREAM;
}

static __always_inline void reader_enter(__u64 sk)
{
	struct datagram first = { .readers = 1 }, *d;

	if (!bpf_map_update_elem(&waiting, &sk, &first, BPF_NOEXIST))
		return;
	d = bpf_map_lookup_elem(&waiting, &sk);
	if (!d)
		return;
	d->mixed = 1;
	__sync_fetch_and_add(&d->readers, 1);
}

static __always_inline void reader_leave(struct datagram *d, __u64 sk)
{
	if (add_to(&d->readers, -1) <= 1)
		bpf_map_delete_elem(&waiting, &sk);
}

/* Of a receive of whose end nothing is told. */
static __always_inline void reader_drop(__u64 sk)
{
	struct datagram *d = bpf_map_lookup_elem(&waiting, &sk);

	if (d)
		reader_leave(d, sk);
}

/* What came while the receive waited; nothing where another was in one too. */
static __always_inline void reader_exit(struct task_state *st, __u64 sk)
{
	struct datagram *d = bpf_map_lookup_elem(&waiting, &sk);

	if (!d)
		return;
	if (!st->datagram) {
		st->datagram = d->len;
		st->segment = d->segment;
	}
	if (d->mixed)
		st->datagram = st->segment = 0;
	reader_leave(d, sk);
}

#define UDP_FLAGS_GRO_ENABLED 3 /* a bit: include/linux/udp.h, since 6.7 */

/* UDP_GRO: what is received may be several datagrams. */
__noinline int receives_several(__u64 sk)
{
	unsigned long flags = 0;

	if (!is_udp(sk))
		return false;
	if (!bpf_core_field_exists(struct udp_sock, udp_flags))
		return BPF_CORE_READ_BITFIELD_PROBED((struct udp_sock *)sk, gro_enabled);
	READ(flags, sk, struct udp_sock, udp_flags);
	return flags >> UDP_FLAGS_GRO_ENABLED & 1;
}

__noinline int receive_enter(STATE_ARG arg, __u64 sk)
{
	struct task_state *st = state_of(arg);
	__u64 skb;

	if (!st)
		return 0;
	st->datagram = st->segment = 0;
	st->reading = has_datagrams(sk);
	if (!st->reading)
		return 0;
	reader_enter(sk);
	skb = queue_head(sk);
	if (!skb)
		return 0;
	READ(st->datagram, skb, struct sk_buff, len);
	st->datagram++;
	if (is_udp(sk))
		st->segment = segment_of(skb);
	return 0;
}

#define IOV_LOOK 16

/* The room for what is received, 0: not known. */
static __always_inline __u64 receive_room(const struct rec_call *c, bool narrow)
{
	struct compat_iovec n;
	struct user_iovec v;
	__u64 room = 0;

	if (c->h.call == CALL_read || c->h.call == CALL_recvfrom || c->h.call == CALL_recv)
		return c->args[2];
	if ((c->h.call != CALL_readv && c->h.call != CALL_preadv2) || c->args[2] > IOV_LOOK)
		return 0;
	for (__u32 i = 0; i < IOV_LOOK; i++) {
		if (i >= c->args[2])
			break;
		if (narrow ? bpf_probe_read_user(&n, sizeof(n), (void *)(c->args[1] + i * sizeof(n)))
			   : bpf_probe_read_user(&v, sizeof(v), (void *)(c->args[1] + i * sizeof(v))))
			return 0;
		room += narrow ? n.len : v.len;
	}
	return room;
}

#define MSG_TRUNC 0x20
#define MSG_ERRQUEUE 0x2000

static __always_inline bool receive_cuts(const struct call_buf *b, __u32 len, bool narrow)
{
	const struct rec_call *c = &b->call;

	if (c->ret >= len || ((c->h.call == CALL_recvfrom || c->h.call == CALL_recv) && c->args[3] & MSG_ERRQUEUE))
		return false;
	if (c->data_kind == DATA_MSG)
		return c->h.call == CALL_recvmsg && b->msg.head.flags & MSG_TRUNC && !(c->args[2] & MSG_ERRQUEUE);
	return (__u64)c->ret == receive_room(c, narrow);
}

/* Of sendmmsg and recvmmsg what is returned counts messages. */
static __always_inline __s64 bytes_moved(const struct call_buf *b)
{
	if (b->call.h.call != CALL_sendmmsg && b->call.h.call != CALL_recvmmsg)
		return b->call.ret;
	return b->call.data_kind == DATA_MSG ? b->msg.head.bytes : 0;
}

static __always_inline void segments_tell(struct task_state *st)
{
	if (st->segment && bytes_moved(&st->buf) > st->segment)
		call_fact(TO_ARG(st), FACT_SEGMENTS, st->buf.call.sk, st->segment, 0);
}

/* gone: its descriptor names another file by now, and what is at sk is not looked at. */
static __always_inline void receive_exit(struct task_state *st, bool gone, bool narrow)
{
	struct rec_call *c = &st->buf.call;

	if (!st->reading)
		return;
	reader_exit(st, c->sk);
	if (gone || c->ret < 0 || !st->datagram)
		return;
	if (st->chosen ? c->ret < st->datagram - 1 : receive_cuts(&st->buf, st->datagram - 1, narrow))
		call_fact(TO_ARG(st), FACT_LENGTH, c->sk, st->datagram - 1, 0);
	segments_tell(st);
}

/* control.bpf.h has seen to what a message asked for; the socket's own setting is asked here. */
static __always_inline void send_exit(struct task_state *st)
{
	struct rec_call *c = &st->buf.call;
	__u16 size = 0;

	if (c->ret <= 0 || !is_udp(c->sk))
		return;
	if (!st->segment) {
		READ(size, c->sk, struct udp_sock, gso_size);
		st->segment = size;
	}
	segments_tell(st);
}

/* UNIXCB(): of a stream's first one a part may have been read. */
static __always_inline __u32 unix_consumed(__u64 skb)
{
	__u32 used = 0;

	if (bpf_core_field_exists(struct unix_skb_parms, consumed))
		bpf_probe_read_kernel(&used, sizeof(used),
				      &((struct unix_skb_parms *)&((struct sk_buff *)skb)->cb)->consumed);
	return used;
}

/* Global, as are the steps of other long loops: the verifier then walks each but once. */
__noinline __u32 skb_unread(__u64 skb, __u32 of_unix)
{
	__u32 len = 0;

	READ_BYTES(len, skb, struct sk_buff, len);
	return of_unix ? len - unix_consumed(skb) : len;
}

#define UNREAD_LOOK 256

/* head: struct sk_buff_head, with n in it. -1: too many to look at, or they went meanwhile. */
__noinline __s64 queue_bytes(__u64 head, __u32 n, __u32 of_unix)
{
	__u64 skb = 0, sum = 0;

	if (n > UNREAD_LOOK)
		return -1;
	READ_BYTES(skb, head, struct sk_buff_head, next);
	for (__u32 i = 0; i < UNREAD_LOOK && i < n; i++) {
		if (skb == head)
			return -1;
		sum += skb_unread(skb, of_unix);
		READ_BYTES(skb, skb, struct sk_buff, next);
	}
	return sum;
}

/* Of what is not TCP: bytes in its receive queue, -1: not known. */
static __always_inline __s64 unread_bytes(__u64 sk)
{
	bool of_unix = sk_is_unix(sk);
	__s64 sum, more;
	__u32 n = 0;

	if (!of_unix && !is_udp(sk))
		return -1;
	READ(n, sk, struct sock, sk_receive_queue.qlen);
	sum = queue_bytes((__u64) & ((struct sock *)sk)->sk_receive_queue, n, of_unix);
	if (of_unix)
		return sum;
	READ(n, sk, struct udp_sock, reader_queue.qlen);
	more = queue_bytes((__u64) & ((struct udp_sock *)sk)->reader_queue, n, 0);
	return sum < 0 || more < 0 ? -1 : sum + more;
}

/* What is in the queue of a socket that is closed; TCP tells it when its state changes. */
static __always_inline void unread_tell(struct task_state *st)
{
	const struct rec_call *c = &st->buf.call;

	if (c->kstate != TCP_LISTEN && (sk_is_unix(c->sk) || is_udp(c->sk)))
		call_fact(TO_ARG(st), FACT_UNREAD, c->sk, unread_bytes(c->sk), 0);
}

#endif
