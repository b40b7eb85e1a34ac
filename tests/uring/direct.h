/* SPDX-License-Identifier: GPL-2.0-only */
/* Direct descriptors: slots of a ring's own table of files, io_uring_register(2). */
#ifndef DIRECT_H
#define DIRECT_H

#include "uring.h"

/* A ring with that many slots, all of them empty. */
static inline void ring_open_slots(struct ring *ring, unsigned int count)
{
	int err;

	ring_open(ring, 8, 0);
	err = io_uring_register_files_sparse(&ring->io, count);
	if (err == -EINVAL)
		_exit(SKIPPED);
	CHECK(!err);
	for (unsigned int i = 0; i < SLOTS; i++)
		ring->slots[i] = NO_SOCKET;
}

/* By io_uring_register(): from `first` on. */
static inline void slots_fill(struct ring *ring, unsigned int first, const int *fds, unsigned int count)
{
	CHECK(io_uring_register_files_update(&ring->io, first, fds, count) == (int)count);
	slots_set(ring, first, fds, count);
}

/* What a request has made there is not known to the program by its inode. */
static inline void slot_made(struct ring *ring, unsigned int slot)
{
	ring->slots[slot] = 0;
}

/* slot may be IORING_FILE_INDEX_ALLOC - 1. */
static inline void prep_socket_direct(struct io_uring_sqe *s, int type, unsigned int slot)
{
	io_uring_prep_rw(IORING_OP_SOCKET, s, FAMILY, NULL, 0, type);
	__io_uring_set_target_fixed_file(s, slot);
}

#define ANY_SLOT (IORING_FILE_INDEX_ALLOC - 1)

#endif
