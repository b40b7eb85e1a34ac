// SPDX-License-Identifier: GPL-2.0-only
/* ACCEPT, multishot: three clients by one request, which is then cancelled. */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct address addr;
	int listener, clients[3], servers[3];
	struct cqe cqe;

	families(argc, argv);
	listener = listening(5, &addr);
	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_multishot_accept, listener, NULL, NULL, 0);
	submit(&ring);
	for (int i = 0; i < 3; i++) {
		clients[i] = MUST(socket(FAMILY, SOCK_STREAM, 0));
		cqe = connect_accepted(&ring, clients[i], &addr, 0);
		if (cqe.res == -EINVAL)
			return SKIPPED;
		CHECK(cqe.res > 2 && cqe.flags & IORING_CQE_F_MORE);
		servers[i] = cqe.res;
	}
	PREP(&ring, io_uring_prep_cancel64, 1, 0);
	submit(&ring);
	for (int i = 0; i < 2; i++) {
		cqe = completion(&ring);
		CHECK(cqe.res == (cqe.user_data == 1 ? -ECANCELED : 0));
	}
	for (int i = 0; i < 3; i++) {
		close(clients[i]);
		close(servers[i]);
	}
	close(listener);
	return 0;
}
