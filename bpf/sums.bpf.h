/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What sends and receives have moved, counted per socket and direction where not each of them is told of (record --io), and
 * how it is told: by the time that it was counted for, before its socket is closed, and before its process ends. Which
 * calls are counted is io.bpf.h's.
 */
#ifndef SOCKLIFE_SUMS_BPF_H
#define SOCKLIFE_SUMS_BPF_H

#include "sock.bpf.h"
#include "syscalls.h"

const volatile __u32 io_mode; /* enum io_mode */

#define WINDOW_NS 100000000ll
#define IDLE_NS 10000000000ull /* one that was not used for so long goes */
#define TURN_NS 20000000ull /* so long after a file begins what belongs to the one before is told */

struct sum { /* of one direction, since it was told of last */
	__u64 calls, blocked, errors, largest, messages, bytes;
	__u64 first, last; /* ns: the first one's entry, 0: there is none; the last one's return */
	__u32 tid; /* of the last one */
	__u32 pad;
};

enum { SUM_SENDS, SUM_RECEIVES, SUM_WAYS };

struct sums {
	__u64 inode; /* the same address with another inode is another socket */
	struct sum ways[SUM_WAYS];
};

struct { /* the loader makes it small where every call is told of */
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u64); /* struct sock */
	__type(value, struct sums);
} sums SEC(".maps");

#ifdef TASKS_BY_ID
static __always_inline __u64 take(__u64 *n)
{
	__u64 old = *(volatile __u64 *)n;

	__sync_fetch_and_add(n, -old);
	return old;
}
#define replace(n, old, new) (*(n) = (new), (old))
#else
#define take(n) __sync_lock_test_and_set(n, 0)
#define replace(n, old, new) __sync_val_compare_and_swap(n, old, new)
#endif

/* Calls are counted last and taken first: what comes in between is told next time. */
static __always_inline void sum_tell(struct sum *n, __u64 sk, __u32 call, __u64 ts)
{
	__u64 first, last = n->last;
	struct rec_call *r;

	r = n->calls ? emit_begin(REC_CALL, sizeof(*r)) : 0;
	if (!r)
		return;
	if (last < file_start && ts >= file_start && ts - file_start < TURN_NS)
		ts = file_start - 1;
	if (last > ts)
		last = ts;
	head_init(&r->h, ts, n->tid);
	r->h.call = call;
	r->args[0] = take(&n->calls);
	r->args[1] = take(&n->blocked);
	r->args[2] = take(&n->errors);
	r->args[3] = take(&n->largest);
	r->args[4] = take(&n->messages);
	r->args[SUM_AGO] = ts - last;
	r->ret = take(&n->bytes);
	first = take(&n->first);
	r->dur = ts - (first && first < last ? first : last);
	r->sk = sk;
	r->sk2 = 0;
	r->kstate = r->shutdown = 0;
	r->view = r->data_kind = r->data_len = 0;
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
}

/* ends: nobody can use the socket any more. */
__noinline int sums_tell(__u64 sk, __u64 ts, __u32 ends)
{
	struct sums *s = bpf_map_lookup_elem(&sums, &sk);

	if (!s)
		return 0;
	sum_tell(&s->ways[SUM_SENDS], sk, CALL_sends, ts);
	sum_tell(&s->ways[SUM_RECEIVES], sk, CALL_receives, ts);
	if (ends)
		bpf_map_delete_elem(&sums, &sk);
	return 0;
}

/* What was counted for another socket that had the address. */
static __always_inline void sums_replaced(__u64 sk, __u64 inode, __u64 ts)
{
	struct sums *s = bpf_map_lookup_elem(&sums, &sk);

	if (s && s->inode != inode)
		sums_tell(sk, ts, true);
}

__noinline int sums_make(__u64 sk, __u64 inode)
{
	struct sums none = { .inode = inode };

	return bpf_map_update_elem(&sums, &sk, &none, BPF_NOEXIST);
}

/* NULL: there is no room. */
static __always_inline struct sums *sums_of(__u64 sk, __u64 inode)
{
	struct sums *s = bpf_map_lookup_elem(&sums, &sk);

	if (!s) {
		sums_make(sk, inode);
		s = bpf_map_lookup_elem(&sums, &sk);
	}
	return s && s->inode == inode ? s : 0;
}

static __always_inline bool sum_is_over(const struct sum *n, __u64 now)
{
	return n->calls && ((io_mode == IO_SUMMARY && (__s64)(now - n->first) >= WINDOW_NS) || n->last < file_start);
}

static __always_inline void sum_largest(struct sum *n, __u64 bytes)
{
	for (int i = 0; i < 4; i++) {
		__u64 old = n->largest;

		if (bytes <= old || replace(&n->largest, old, bytes) == old)
			break;
	}
}

struct moved { /* by a call */
	__u64 bytes, messages;
	bool error;
};

static __always_inline void sum_add(struct sum *n, const struct rec_call *c, const struct moved *m)
{
	if (!n->first)
		replace(&n->first, 0, c->h.ts - c->dur);
	n->last = c->h.ts;
	n->tid = c->h.tid;
	__sync_fetch_and_add(&n->blocked, c->dur);
	if (m->error)
		__sync_fetch_and_add(&n->errors, 1);
	if (m->messages)
		__sync_fetch_and_add(&n->messages, m->messages);
	if (m->bytes) {
		__sync_fetch_and_add(&n->bytes, m->bytes);
		sum_largest(n, m->bytes);
	}
	__sync_fetch_and_add(&n->calls, 1);
}

/* The socket that a place in a descriptor table names. */
__noinline int place_sums_tell(__u64 place, __u64 ts)
{
	__u64 file = 0, ops = 0, socket = 0, sk = 0;

	bpf_probe_read_kernel(&file, sizeof(file), (void *)place);
	if (!file)
		return 0;
	READ_BYTES(ops, file, struct file, f_op);
	if (ops != socket_ops)
		return 0;
	READ_BYTES(socket, file, struct file, private_data);
	READ_BYTES(sk, socket, struct socket, sk);
	return sums_tell(sk, ts, is_last(file));
}

struct places {
	__u64 first, ts;
};

static __attribute__((unused)) long place_step(__u32 i, struct places *p)
{
	place_sums_tell(p->first + i * sizeof(__u64), p->ts);
	return 0;
}

#define PLACES_MAX 65536
#define PLACES_LOOP 1024 /* where the kernel has no bpf_loop() (5.17) */

/* Of what the current thread's table names from one number to another. */
__noinline int table_sums_tell(__u32 from, __u32 to, __u64 ts)
{
	struct fdtable *fdt = OF(this_task(), files, fdt);
	__u32 end = OF(fdt, max_fds), n;
	struct places p = { .ts = ts };

	if (from >= end)
		return 0;
	bpf_probe_read_kernel(&p.first, sizeof(p.first), &fdt->fd);
	p.first += from * sizeof(__u64);
	n = to < end ? to - from + 1 : end - from;
	if (n > PLACES_MAX)
		n = PLACES_MAX;
#ifndef TASKS_BY_ID /* nor may the name of a function be loaded, before 5.13 */
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop))
		return bpf_loop(n, place_step, &p, 0);
#endif
	for (__u32 i = 0; i < PLACES_LOOP && i < n; i++)
		place_sums_tell(p.first + i * sizeof(__u64), ts);
	return 0;
}

volatile __u32 sums_all; /* the walk tells of what is not over too */

#define WALK_BYTES 64 /* so that the reader, who gets some pages at a time, sees to the rings in between */

/* What no call tells of in time; it is removed where nothing was counted for long. */
SEC("iter/bpf_map_elem")
int sums_walk(struct bpf_iter__bpf_map_elem *ctx)
{
	__u64 now = bpf_ktime_get_ns(), *key = ctx->key, sk;
	struct sums *s = ctx->value;
	struct sum *out, *in;
	bool idle;

	if (!s || !key)
		return 0;
	sk = *key;
	out = &s->ways[SUM_SENDS];
	in = &s->ways[SUM_RECEIVES];
	idle = !out->calls && !in->calls && now - out->last > IDLE_NS && now - in->last > IDLE_NS;
	if (idle || sums_all || sum_is_over(out, now) || sum_is_over(in, now)) {
		sums_tell(sk, now, idle);
		bpf_seq_write(ctx->meta->seq, s, WALK_BYTES);
	}
	return 0;
}

#endif
