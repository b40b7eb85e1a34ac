/* SPDX-License-Identifier: GPL-2.0-only */
/* Direct descriptors: the slots of a ring's own table of files (io_uring_register(2)), and what they name. */
#ifndef SOCKLIFE_SLOTS_BPF_H
#define SOCKLIFE_SLOTS_BPF_H

#include "requests.bpf.h"
#include "rows.bpf.h"

/* include/uapi/linux/io_uring.h */
#define SLOT_ALLOC (~0u)
#define IORING_REGISTER_FILES 2
#define IORING_UNREGISTER_FILES 3
#define IORING_REGISTER_FILES_UPDATE 6
#define IORING_REGISTER_FILES2 13
#define IORING_REGISTER_FILES_UPDATE2 14

#define SLOTS_LOOK 512 /* of one io_uring_register() */

static __always_inline void file_found(struct task_state *st, __u64 file, struct found *f)
{
	__u64 ops = 0;

	f->file = file;
	f->socket = f->sk = 0;
	if (!file)
		return;
	READ_PTR(st, ops, file, struct file, f_op);
	if (ops != socket_ops)
		return;
	READ_PTR(st, f->socket, file, struct file, private_data);
	READ_PTR(st, f->sk, f->socket, struct socket, sk);
}

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
__noinline int slot_tell(struct task_state *st, __u64 ring, __u32 slot)
{
	struct found f = {};
	struct rec_fact r;

	if (!st)
		return 0;
	file_found(st, slot_file(ring, slot), &f);
	if (f.sk)
		sock_announce(st, f.sk, f.socket);
	r = fact_make(FACT_SLOT, f.sk, slot);
	r.other = ring;
	fact_of_call(&r, &st->buf.call);
	fact_send(&r);
	return 0;
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
	slot_tell(st, r->ring, slot);
}

/* IORING_OP_FILES_UPDATE: one slot after the other, or where the kernel chose to, which it writes into the array at `chosen`. */
__noinline int slot_updated(struct task_state *st, __u64 ring, __u32 slot, __u64 chosen)
{
	if (!st || (chosen && bpf_probe_read_user(&slot, sizeof(slot), (void *)chosen)))
		return 0;
	return slot_tell(st, ring, slot);
}

static __always_inline void slots_updated(struct task_state *st, const struct request *r)
{
	const struct rec_call *c = &st->buf.call;
	__u64 chosen = (__u32)r->off == SLOT_ALLOC ? c->args[2] : 0;

	for (__u32 i = 0; i < SLOTS_LOOK && i < c->ret; i++)
		slot_updated(st, r->ring, r->off + i, chosen ? chosen + i * sizeof(__s32) : 0);
}

static __always_inline void slots_tell(struct task_state *st, const struct request *r, __u32 id)
{
	struct rec_call *c = &st->buf.call;

	if (c->h.flags & CALL_DIRECT)
		slot_tell(st, r->ring, c->args[0]);
	if (c->h.flags & CALL_MADE_DIRECT && c->ret >= 0)
		slot_made(st, r, id);
	if (id == CALL_io_uring_register && c->ret > 0)
		slots_updated(st, r);
}

/* io_uring_register(2) is about to return. */
SEC("tp_btf/io_uring_register")
int BPF_PROG(uring_register, void *of, unsigned int opcode)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_state *st = stopped ? 0 : state_get(task);
	__u64 ring = (__u64)of, entered;
	struct rec_call *c;
	struct rec_fact r;
	__u32 nr = 0;

	if (!st || st->open != CALL_io_uring_register + 1)
		return 0;
	c = &st->buf.call;
	entered = c->h.ts;
	call_returned(st, 0);
	if (opcode == IORING_UNREGISTER_FILES) {
		r = fact_make(FACT_SLOT, 0, -1);
		r.other = ring;
		fact_of_call(&r, c);
		fact_send(&r);
	}
	if (opcode == IORING_REGISTER_FILES || opcode == IORING_REGISTER_FILES_UPDATE ||
	    opcode == IORING_REGISTER_FILES2 || opcode == IORING_REGISTER_FILES_UPDATE2)
		nr = slots_count(ring);
	for (__u32 i = 0; i < SLOTS_LOOK && i < nr; i++)
		slot_tell(st, ring, i);
	c->h.ts = entered;
	return 0;
}

#endif
