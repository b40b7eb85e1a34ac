/* SPDX-License-Identifier: GPL-2.0-only */
/* A ring of provided buffers: io_uring_register(2), IORING_REGISTER_PBUF_RING. */
#ifndef BUFFERS_H
#define BUFFERS_H

#include <sys/mman.h>

#include "uring.h"

#define BUFFERS 8 /* at most, a power of two */
#define BUFFER_SIZE 256

static char buffers[BUFFERS][BUFFER_SIZE];

static inline void buffers_register(struct ring *ring, int count)
{
	struct io_uring_buf_ring *bufs =
		mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
	struct io_uring_buf_reg reg = { .ring_addr = (unsigned long)bufs, .ring_entries = BUFFERS };
	int err;

	CHECK(bufs != MAP_FAILED);
	err = io_uring_register_buf_ring(&ring->io, &reg, 0);
	if (err == -EINVAL)
		_exit(SKIPPED);
	CHECK(!err);
	io_uring_buf_ring_init(bufs);
	for (int i = 0; i < count; i++)
		io_uring_buf_ring_add(bufs, buffers[i], BUFFER_SIZE, i, io_uring_buf_ring_mask(BUFFERS), i);
	io_uring_buf_ring_advance(bufs, count);
}

/* A request takes them as it needs them. */
static inline void buffers_select(struct io_uring_sqe *s)
{
	s->flags |= IOSQE_BUFFER_SELECT;
	s->buf_group = 0;
}

#endif
