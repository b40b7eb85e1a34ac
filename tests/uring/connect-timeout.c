// SPDX-License-Identifier: GPL-2.0-only
/* CONNECT linked with a LINK_TIMEOUT, to a listener whose queue is full: the timeout cancels it. */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct __kernel_timespec time = { .tv_nsec = 50000000 };
	struct address addr;
	struct cqe cqe;
	int listener, first, client;

	families(argc, argv);
	listener = listening(0, &addr);
	first = connected(SOCK_STREAM, &addr);
	wait_queue(listener, 1);
	client = MUST(socket(FAMILY, SOCK_STREAM, 0));
	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_connect, client, AT(addr))->flags |= IOSQE_IO_LINK;
	PREP(&ring, io_uring_prep_link_timeout, &time, 0);
	submit(&ring);
	for (int i = 0; i < 2; i++) {
		cqe = completion(&ring);
		if (cqe.user_data == 1)
			CHECK(cqe.res == -ECANCELED || cqe.res == -EINTR);
		else
			CHECK(cqe.res == -ETIME || cqe.res == -EALREADY || cqe.res == -ENOENT);
	}
	close(client);
	close(first);
	close(listener);
	return 0;
}
