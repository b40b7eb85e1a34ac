// SPDX-License-Identifier: GPL-2.0-only
/* RECV, multishot, until the provided buffers are used up: ENOBUFS. What came later is read in another way. */
#include "buffers.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct cqe cqe;
	struct stream s;
	char buf[16];

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	buffers_register(&ring, 2);
	buffers_select(PREP(&ring, io_uring_prep_recv_multishot, s.server, NULL, 0, 0));
	submit(&ring);
	for (int i = 0; i < 3; i++) {
		CHECK(send(s.client, "abcdef", 6, 0) == 6);
		cqe = completion(&ring);
		if (cqe.res == -EINVAL)
			return SKIPPED;
		CHECK(cqe.res == (i < 2 ? 6 : -ENOBUFS));
	}
	CHECK(!(cqe.flags & IORING_CQE_F_MORE));
	CHECK(DO(&ring, io_uring_prep_recv, s.server, buf, sizeof(buf), 0) == 6);
	close_all(&s);
	return 0;
}
