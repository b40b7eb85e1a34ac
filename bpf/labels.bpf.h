/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A completion that is not a request's last, or for which there was no room, names no request: it has the ring and the user_data only,
 * which requests may share. Addresses are kept as their exclusive or, so that of the last one that is left it is known which.
 */
#ifndef SOCKLIFE_LABELS_BPF_H
#define SOCKLIFE_LABELS_BPF_H

#include "requests.bpf.h"

#define EEXIST 17

volatile __u64 uring_silent; /* requests of whose success nobody is told */
volatile __u64 uring_unclear; /* completions of several requests with one user_data */
volatile __u64 uring_unlisted; /* requests about a socket that are none of URING_OPS */
volatile __u64 uring_hidden; /* messages received with control data that was not looked at */
volatile __u64 uring_slots; /* slots that were not looked at */
volatile __u64 uring_before; /* requests submitted before the trace began */
volatile __u64 uring_full; /* requests that were not kept for want of room */

struct label {
	__u64 ring, user_data;
};

struct labelled {
	__u64 requests, shots; /* exclusive or of all, and of those that complete more than once */
	__u64 shot; /* the last of these */
	__u32 count, shot_count;
	__u32 call; /* that these are */
	bool mixed; /* not all are the same */
	bool pad[3];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct label);
	__type(value, struct labelled);
} labels SEC(".maps");

static __always_inline void count_one(volatile __u64 *counter)
{
	__sync_fetch_and_add(counter, 1);
}

static __always_inline void label_shot(struct labelled *l, const struct request *r, __u64 request)
{
	__u32 call = r->none ? CALLS : r->buf.call.h.call;

	if (!l->shot_count)
		l->mixed = false;
	else if (l->call != call)
		l->mixed = true;
	l->call = call;
	l->shot = request;
	l->shots ^= request;
	l->shot_count++;
}

static __always_inline void label_add(const struct request *r, __u64 request)
{
	struct label key = { r->ring, r->user_data };
	struct labelled one = { .requests = request, .count = 1 }, *l;
	long err;

	if (r->shot)
		label_shot(&one, r, request);
	err = bpf_map_update_elem(&labels, &key, &one, BPF_NOEXIST);
	if (err && err != -EEXIST)
		count_one(&uring_full);
	l = err == -EEXIST ? bpf_map_lookup_elem(&labels, &key) : 0;
	if (!l)
		return;
	l->requests ^= request;
	if (r->shot)
		label_shot(l, r, request);
	__sync_fetch_and_add(&l->count, 1);
}

static __always_inline void label_end(const struct request *r, __u64 request)
{
	struct label key = { r->ring, r->user_data };
	struct labelled *l = bpf_map_lookup_elem(&labels, &key);

	if (!l)
		return;
	l->requests ^= request;
	if (r->shot) {
		l->shots ^= request;
		l->shot_count--;
	}
	if (add_to(&l->count, -1) <= 1)
		bpf_map_delete_elem(&labels, &key);
}

static __always_inline bool has_label(const struct request *r, const struct label *label)
{
	return r->ring == label->ring && r->user_data == label->user_data;
}

#endif
