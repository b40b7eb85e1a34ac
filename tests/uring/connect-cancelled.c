// SPDX-License-Identifier: GPL-2.0-only
/* CONNECT to a listener whose queue is full: it waits, until it is cancelled. */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct address addr;
	struct cqe cqe;
	int listener, first, client;

	families(argc, argv);
	listener = listening(0, &addr);
	first = connected(SOCK_STREAM, &addr);
	wait_queue(listener, 1);
	client = MUST(socket(FAMILY, SOCK_STREAM, 0));
	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_connect, client, AT(addr));
	submit(&ring);
	usleep(200000); /* in a worker, as unix(7) has it, it waits by then */
	PREP(&ring, io_uring_prep_cancel64, 1, 0);
	submit(&ring);
	for (int i = 0; i < 2; i++) {
		cqe = completion(&ring);
		if (cqe.user_data == 1)
			CHECK(cqe.res == -ECANCELED || cqe.res == -EINTR);
		else
			CHECK(cqe.res == 0 || cqe.res == -EALREADY);
	}
	close(client);
	close(first);
	close(listener);
	return 0;
}
