/* SPDX-License-Identifier: GPL-2.0-only */
/* Direct descriptors: the slots of a ring's own table of files (io_uring_register(2)), and what they name. */
#ifndef SOCKLIFE_SLOTS_BPF_H
#define SOCKLIFE_SLOTS_BPF_H

#include "labels.bpf.h"
#include "rows.bpf.h"

/* include/uapi/linux/io_uring.h */
#define SLOT_ALLOC (~0u)
#define IORING_REGISTER_FILES 2
#define IORING_UNREGISTER_FILES 3
#define IORING_REGISTER_FILES_UPDATE 6
#define IORING_REGISTER_FILES2 13
#define IORING_REGISTER_FILES_UPDATE2 14

#define SLOTS_LOOK 512 /* of one io_uring_register() */

/* 0: none, or not known of this kernel. */
static __always_inline __u32 slots_count(__u64 ring)
{
	__u32 nr = 0;

	if (bpf_core_field_exists(struct io_file_table, data))
		READ_BYTES(nr, ring, struct io_ring_ctx, file_table.data.nr);
	return nr;
}

/* The struct file in a slot, 0: none. */
static __always_inline __u64 slot_file(__u64 ring, __u32 slot)
{
	__u64 nodes = 0, node = 0, file = 0;

	if (slot >= slots_count(ring))
		return 0;
	READ_BYTES(nodes, ring, struct io_ring_ctx, file_table.data.nodes);
	bpf_probe_read_kernel(&node, sizeof(node), (void *)(nodes + slot * sizeof(node)));
	if (node)
		READ_BYTES(file, node, struct io_rsrc_node, file_ptr);
	return file & ~7ull;
}

/* What a slot names now, in front of the record of the call that is at hand. */
__noinline int slot_tell(STATE_ARG arg, __u64 ring, __u32 slot)
{
	struct task_state *st = state_of(arg);
	struct found f = {};

	if (!st)
		return 0;
	file_found(st, slot_file(ring, slot), &f);
	if (f.sk)
		sock_announce(TO_ARG(st), f.sk, f.socket);
	return call_fact(TO_ARG(st), FACT_SLOT, f.sk, slot, ring);
}

/* What it made, in a slot. */
static __always_inline void slot_made(struct task_state *st, const struct request *r, __u32 id)
{
	struct rec_call *c = &st->buf.call;
	__u32 slot = r->file_index == SLOT_ALLOC ? c->ret : r->file_index - 1;
	struct found f = {};

	file_found(st, slot_file(r->ring, slot), &f);
	if (id == CALL_socket) {
		st->found = f;
		c->sk = f.sk;
	} else {
		c->sk2 = f.sk;
	}
	slot_tell(TO_ARG(st), r->ring, slot);
}

/* IORING_OP_FILES_UPDATE: one slot after the other, or where the kernel chose to, which it writes into the array at `chosen`. */
__noinline int slot_updated(STATE_ARG arg, __u64 ring, __u32 slot, __u64 chosen)
{
	struct task_state *st = state_of(arg);

	if (!st || (chosen && bpf_probe_read_user(&slot, sizeof(slot), (void *)chosen)))
		return 0;
	return slot_tell(TO_ARG(st), ring, slot);
}

__noinline int slots_updated(STATE_ARG arg, __u64 ring, __u32 first, __u32 count, __u64 chosen)
{
	struct task_state *st = state_of(arg);

	for (__u32 i = 0; i < SLOTS_LOOK && i < count; i++)
		slot_updated(TO_ARG(st), ring, first + i, chosen ? chosen + i * sizeof(__s32) : 0);
	if (count > SLOTS_LOOK)
		__sync_fetch_and_add(&uring_slots, count - SLOTS_LOOK);
	return 0;
}

static __always_inline void slots_tell(struct task_state *st, const struct request *r, __u32 id)
{
	struct rec_call *c = &st->buf.call;

	if (c->h.flags & CALL_DIRECT)
		slot_tell(TO_ARG(st), r->ring, own_fd(c));
	if (c->h.flags & CALL_MADE_DIRECT && c->ret >= 0)
		slot_made(st, r, id);
	if (id == CALL_io_uring_register && c->ret > 0)
		slots_updated(TO_ARG(st), r->ring, r->off, c->ret, (__u32)r->off == SLOT_ALLOC ? c->args[2] : 0);
}

/* struct io_uring_files_update, and with tags struct io_uring_rsrc_update2 */
struct user_update {
	__u32 offset, resv;
	__u64 data, tags;
	__u32 nr, resv2;
};

static __always_inline void register_tell(struct task_state *st, __u64 ring, __u32 opcode)
{
	struct rec_call *c = &st->buf.call;
	struct user_update u = {};

	if (opcode == IORING_UNREGISTER_FILES) {
		call_fact(TO_ARG(st), FACT_SLOT, 0, -1, ring);
	} else if (opcode == IORING_REGISTER_FILES || opcode == IORING_REGISTER_FILES2) {
		slots_updated(TO_ARG(st), ring, 0, slots_count(ring), 0);
	} else if (opcode == IORING_REGISTER_FILES_UPDATE) {
		if (!bpf_probe_read_user(&u, 8, (void *)c->args[2]))
			slots_updated(TO_ARG(st), ring, u.offset, c->args[3], 0);
	} else if (opcode == IORING_REGISTER_FILES_UPDATE2) {
		if (!bpf_probe_read_user(&u, sizeof(u), (void *)c->args[2]))
			slots_updated(TO_ARG(st), ring, u.offset, u.nr, 0);
	}
}

/* io_uring_register(2) is about to return. */
static __always_inline int registered(__u64 *ctx)
{
	struct task_state *st = stopped ? 0 : state_get(this_task());
	__u64 entered;

	if (!st || st->open != CALL_io_uring_register + 1)
		return 0;
	entered = st->buf.call.h.ts;
	call_returned(st, 0);
	register_tell(st, ctx[0], ctx[1]);
	st->buf.call.h.ts = entered;
	return 0;
}

TWICE(io_uring_register, uring_register, registered)

#endif
