// SPDX-License-Identifier: GPL-2.0-only
/* IOSQE_CQE_SKIP_SUCCESS: a SEND and the CLOSE linked to it succeed without a completion; a SEND that fails has one. */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct stream s;
	char buf[16];

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	if (!(ring.io.features & IORING_FEAT_CQE_SKIP))
		return SKIPPED;
	PREP(&ring, io_uring_prep_send, s.client, "hello", 5, 0)->flags |= IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
	PREP(&ring, io_uring_prep_close, s.client)->flags |= IOSQE_CQE_SKIP_SUCCESS;
	submit(&ring);
	CHECK(recv(s.server, buf, sizeof(buf), MSG_WAITALL) == 5);
	MUST(shutdown(s.server, SHUT_WR));
	PREP(&ring, io_uring_prep_send, s.server, "never", 5, MSG_NOSIGNAL)->flags |= IOSQE_CQE_SKIP_SUCCESS;
	submit(&ring);
	expect(&ring, 3, -EPIPE);
	close(s.server);
	close(s.listener);
	return 0;
}
