// SPDX-License-Identifier: GPL-2.0-only
/* RECV, multishot, into provided buffers: as often as the peer sends, until its end of file. */
#include "buffers.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct cqe cqe;
	struct stream s;

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	buffers_register(&ring, BUFFERS);
	buffers_select(PREP(&ring, io_uring_prep_recv_multishot, s.server, NULL, 0, 0));
	submit(&ring);
	for (int i = 1; i <= 3; i++) {
		CHECK(send(s.client, "abcdef", i, 0) == i);
		cqe = completion(&ring);
		if (cqe.res == -EINVAL)
			return SKIPPED;
		CHECK(cqe.res == i && cqe.flags & IORING_CQE_F_MORE && cqe.flags & IORING_CQE_F_BUFFER);
	}
	MUST(shutdown(s.client, SHUT_WR));
	cqe = completion(&ring);
	CHECK(!cqe.res && !(cqe.flags & IORING_CQE_F_MORE));
	close_all(&s);
	return 0;
}
