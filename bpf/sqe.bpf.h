/* SPDX-License-Identifier: GPL-2.0-only */
/* What stands in a submission to io_uring (io_uring_enter(2)). */
#ifndef SOCKLIFE_SQE_BPF_H
#define SOCKLIFE_SQE_BPF_H

#include "sock.bpf.h"
#include "syscalls.h"

/* include/uapi/linux/io_uring.h */
#define IOSQE_FIXED_FILE 1
#define IOSQE_IO_LINK (1 << 2)
#define IOSQE_IO_HARDLINK (1 << 3)
#define IOSQE_BUFFER_SELECT (1 << 5)
#define IOSQE_CQE_SKIP_SUCCESS (1 << 6)
#define IORING_ACCEPT_MULTISHOT 1
#define IORING_RECV_MULTISHOT 2
#define IORING_POLL_ADD_MULTI 1
#define IORING_OP_POLL_ADD 6
#define IORING_OP_TIMEOUT 11
#define IORING_TIMEOUT_MULTISHOT (1 << 6)
#define IORING_URING_CMD_MULTISHOT (1 << 1)
#define SPLICE_F_FD_IN_FIXED (1u << 31)
#define IORING_OP_MSG_RING 40
#define IORING_OP_URING_CMD 46
#define IORING_OP_READ_MULTISHOT 49
#define IORING_MSG_SEND_FD 1
#define IORING_SETUP_SQE128 (1 << 10)
#define IORING_SETUP_NO_SQARRAY (1 << 16)

struct uring_sqe { /* struct io_uring_sqe, include/uapi/linux/io_uring.h */
	__u8 opcode, flags;
	__u16 ioprio;
	__s32 fd;
	__u64 off, addr;
	__u32 len, op_flags;
	__u64 user_data;
	__u16 buffer, personality;
	union {
		__u32 file_index;
		__u16 addr_len;
	};
	__u64 more[2];
};

/* The submission that is at hand: the one before the queue's head. */
static __always_inline bool sqe_read(struct uring_sqe *sqe, __u64 ring)
{
	__u32 flags = 0, head = 0, entries = 0, mask;
	__u64 array = 0, sqes = 0;

	READ_BYTES(flags, ring, struct io_ring_ctx, flags);
	READ_BYTES(head, ring, struct io_ring_ctx, cached_sq_head);
	READ_BYTES(entries, ring, struct io_ring_ctx, sq_entries);
	READ_BYTES(sqes, ring, struct io_ring_ctx, sq_sqes);
	mask = entries - 1;
	head = (head - 1) & mask;
	if (!(flags & IORING_SETUP_NO_SQARRAY)) {
		READ_BYTES(array, ring, struct io_ring_ctx, sq_array);
		if (bpf_probe_read_kernel(&head, sizeof(head), (void *)(array + head * sizeof(head))))
			return false;
		head &= mask;
	}
	if (flags & IORING_SETUP_SQE128)
		head *= 2;
	return !bpf_probe_read_kernel(sqe, sizeof(*sqe), (void *)(sqes + head * sizeof(*sqe)));
}

static __always_inline bool is_shot(const struct uring_sqe *e, __u32 id)
{
	if (id == CALL_accept4)
		return e->ioprio & IORING_ACCEPT_MULTISHOT;
	if (id == CALL_recvfrom || id == CALL_recvmsg)
		return e->ioprio & IORING_RECV_MULTISHOT;
	return e->opcode == IORING_OP_READ_MULTISHOT;
}

static __always_inline bool shot_unlisted(const struct uring_sqe *e)
{
	return (e->opcode == IORING_OP_POLL_ADD && e->len & IORING_POLL_ADD_MULTI) ||
	       (e->opcode == IORING_OP_TIMEOUT && e->op_flags & IORING_TIMEOUT_MULTISHOT) ||
	       (e->opcode == IORING_OP_URING_CMD && e->op_flags & IORING_URING_CMD_MULTISHOT);
}

#endif
