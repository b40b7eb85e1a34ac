/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told of a socket: what never changes once in a file, addresses when they changed. */
#ifndef SOCKLIFE_TOLD_BPF_H
#define SOCKLIFE_TOLD_BPF_H

#include "sums.bpf.h"

static __always_inline void sock_fill(struct rec_sock *r, __u64 sk, __u64 inode, __u64 ts, __u32 tid)
{
	__u64 net = 0;

	head_init(&r->h, ts, tid);
	r->sk = sk;
	r->inode = inode;
	READ(r->family, sk, struct sock, __sk_common.skc_family);
	READ(r->type, sk, struct sock, sk_type);
	READ(r->protocol, sk, struct sock, sk_protocol);
	READ_BYTES(net, sk, struct sock, __sk_common.skc_net.net);
	READ(r->netns, net, struct net, ns.inum);
}

__noinline int sock_tell(__u64 sk, __u64 inode, __u64 ts, __u32 tid)
{
	struct rec_sock r = {};

	sock_fill(&r, sk, inode, ts, tid);
	return emit(&r.h, REC_SOCK, sizeof(r));
}

/* A socket just made has neither name nor peer: nothing to tell. */
static __always_inline bool name_is_new(const struct seen *old, const struct seen *now)
{
	if (old)
		return old->names != now->names;
	return now->view & (VIEW_BOUND | VIEW_PEER) || now->kstate == TCP_LISTEN;
}

struct port { /* that a listener of ours listens on */
	__u32 netns;
	__u16 port;
	__u16 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct port);
	__type(value, __u8);
} ports SEC(".maps");

static __always_inline struct port port_of(__u64 sk)
{
	struct port p = {};
	__u64 net = 0;

	READ_BYTES(net, sk, struct sock, __sk_common.skc_net.net);
	READ_BYTES(p.netns, net, struct net, ns.inum);
	READ_BYTES(p.port, sk, struct sock, __sk_common.skc_num);
	return p;
}

static __always_inline void port_add(__u64 sk)
{
	struct port p = port_of(sk);
	__u8 one = 1;

	bpf_map_update_elem(&ports, &p, &one, BPF_ANY);
}

/* What was told of a socket at ts or before, in this file; NULL: nothing. */
static __always_inline struct seen *seen_at(__u64 sk, __u64 inode, __u64 ts)
{
	struct seen *s = bpf_map_lookup_elem(&sockets, &sk);

	return s && s->inode == inode && s->since >= file_start && s->since <= ts ? s : 0;
}

/* st->name and st->seen. Returns the record's length. */
static __always_inline __u64 name_look(struct task_state *st, __u64 sk, __u64 inode, __u64 ts, __u32 tid)
{
	struct name_buf *b = &st->name;
	struct seen *now = &st->seen;
	__u64 len = (__u32)name_fill(TO_ARG(st), sk);
	__u8 shutdown = 0;

	*now = (struct seen){};
	now->inode = inode;
	now->since = ts;
	now->names = name_hash(b);
	view_read(st, sk, &now->kstate, &shutdown, &now->view);
	b->name.kstate = now->kstate;
	b->name.shutdown = shutdown;
	b->name.view = now->view;
	head_init(&b->name.h, ts, tid);
	return len;
}

/* Kernels before 6.4 put into a map only what is in a map or on the stack, which st is not in a global function. */
__noinline int sock_keep(STATE_ARG arg, __u64 sk)
{
	struct task_state *st = state_of_any(arg);
	struct seen now;

	if (!st)
		return 0;
	now = st->seen;
	bpf_map_update_elem(&sockets, &sk, &now, BPF_ANY);
	if (now.kstate == TCP_LISTEN)
		port_add(sk);
	return 0;
}

/* Tells what is new about a socket: all of it the first time, its names and backlog when they changed. */
__noinline int sock_announce(STATE_ARG arg, __u64 sk, __u64 socket)
{
	struct task_state *st = state_of(arg);
	struct seen *old, *now;
	__u64 ts, len, inode;
	struct name_buf *b;
	__u32 tid;

	if (!st)
		return 0;
	b = &st->name;
	ts = st->buf.call.h.ts;
	tid = st->buf.call.h.tid;
	inode = socket_inode(socket);
	old = seen_at(sk, inode, ts);
	if (io_mode && !old)
		sums_replaced(sk, inode, ts);
	if (!old && sock_tell(sk, inode, ts, tid))
		return 0;
	len = name_look(st, sk, inode, ts, tid);
	now = &st->seen;
	if (old) {
		now->found = old->found;
		now->queued = old->queued;
		now->since = old->since;
	}
	barrier_var(len);
	if (len > sizeof(*b) || (name_is_new(old, now) && emit(&b->name.h, REC_NAME, len)))
		return 0;
	sock_keep(TO_ARG(st), sk);
	return 0;
}

/* Cheap enough for every read and write: did the socket change since it was told of? */
static __always_inline bool sock_changed(struct task_state *st, const struct rec_call *c, __u64 socket)
{
	/* a slot by the address's hash (Fibonacci hashing) */
	struct told *t = &st->told[c->sk * 0x9e3779b97f4a7c15ULL >> (64 - TOLD_BITS)];
	__u64 inode = socket_inode(socket);
	struct seen *s;

	if (t->sk == c->sk && t->inode == inode && t->kstate == c->kstate && t->view == c->view &&
	    t->since >= file_start)
		return false;
	s = seen_at(c->sk, inode, c->h.ts);
	if (!s || s->kstate != c->kstate || s->view != c->view)
		return true;
	*t = (struct told){ .sk = c->sk, .inode = inode, .kstate = c->kstate, .view = c->view, .since = s->since };
	return false;
}

#endif
