// SPDX-License-Identifier: GPL-2.0-only
/* READ_MULTISHOT on a socket, until the end of file. */
#include "buffers.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct cqe cqe;
	struct stream s;

	families(argc, argv);
	need(OP_READ_MULTISHOT);
	s = connection();
	ring_open(&ring, 8, 0);
	buffers_register(&ring, BUFFERS);
	io_uring_prep_rw(OP_READ_MULTISHOT, sqe(&ring), s.server, NULL, 0, 0);
	buffers_select(&ring.io.sq.sqes[0]);
	submit(&ring);
	for (int i = 1; i <= 3; i++) {
		CHECK(write(s.client, "abcdef", i) == i);
		cqe = completion(&ring);
		CHECK(cqe.res == i && cqe.flags & IORING_CQE_F_MORE);
	}
	close(s.client);
	CHECK(!completion(&ring).res);
	close(s.server);
	close(s.listener);
	return 0;
}
