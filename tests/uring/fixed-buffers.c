// SPDX-License-Identifier: GPL-2.0-only
/* READ_FIXED, WRITE_FIXED, and where the kernel has them READV_FIXED, WRITEV_FIXED: I/O in registered memory. */
#include "uring.h"

static struct ring ring;

static void prep_vector(struct io_uring_sqe *s, int op, int fd, const struct iovec *iov)
{
	io_uring_prep_rw(op, s, fd, iov, 1, 0);
	s->buf_index = 0;
}

int main(int argc, char **argv)
{
	static char memory[4096] = "registered";
	struct iovec all = { memory, sizeof(memory) }, out = { memory, 10 }, in = { memory + 2000, 100 };
	struct io_uring_probe *probe = io_uring_get_probe();
	struct stream s;

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	CHECK(!io_uring_register_buffers(&ring.io, &all, 1));
	CHECK(DO(&ring, io_uring_prep_write_fixed, s.client, memory, 10, 0, 0) == 10);
	CHECK(DO(&ring, io_uring_prep_read_fixed, s.server, memory + 1000, 100, 0, 0) == 10);
	if (probe && io_uring_opcode_supported(probe, OP_WRITEV_FIXED)) {
		CHECK(DO(&ring, prep_vector, OP_WRITEV_FIXED, s.server, &out) == 10);
		CHECK(DO(&ring, prep_vector, OP_READV_FIXED, s.client, &in) == 10);
	}
	close_all(&s);
	return 0;
}
