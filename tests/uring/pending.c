// SPDX-License-Identifier: GPL-2.0-only
/*
 * `pending exit`, `pending kill`: requests that are in progress when their process ends, so that the program never
 * hears of them.
 */
#include "uring.h"

static struct ring ring;

static void leave(int over)
{
	struct __kernel_timespec forever = { .tv_sec = 1000 };
	static char buf[16];
	struct stream s = connection();

	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_recv, s.server, buf, sizeof(buf), 0);
	PREP(&ring, io_uring_prep_accept, s.listener, NULL, NULL, 0);
	PREP(&ring, io_uring_prep_recv, s.client, buf, sizeof(buf), 0)->flags |= IOSQE_IO_LINK;
	PREP(&ring, io_uring_prep_link_timeout, &forever, 0);
	PREP(&ring, io_uring_prep_recv, over, buf, sizeof(buf), 0);
	submit(&ring);
}

int main(int argc, char **argv)
{
	int over[2], told[2];
	pid_t child;
	char c;

	families(1, argv);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, over));
	MUST(pipe(told));
	child = MUST(fork());
	if (!child) {
		close(over[0]);
		wait_told(told); /* the other process has closed its own */
		leave(over[1]);
		if (argc > 1 && !strcmp(argv[1], "kill"))
			MUST(kill(getpid(), SIGKILL));
		_exit(0);
	}
	close(over[1]);
	tell(told);
	/* The kernel has ended the ring, and with it the request that held the other end. */
	CHECK(!read(over[0], &c, 1));
	wait_child(child);
	close(over[0]);
	return 0;
}
