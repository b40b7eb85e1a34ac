// SPDX-License-Identifier: GPL-2.0-only
/* ACCEPT, multishot, into slots that the kernel chooses, until there are none left. */
#include "direct.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct address addr;
	int listener, clients[3];
	char buf[16];
	struct cqe cqe;

	families(argc, argv);
	listener = listening(5, &addr);
	ring_open_slots(&ring, 2);
	PREP(&ring, io_uring_prep_multishot_accept_direct, listener, NULL, NULL, 0);
	submit(&ring);
	for (int i = 0; i < 3; i++) {
		clients[i] = MUST(socket(FAMILY, SOCK_STREAM, 0));
		cqe = connect_accepted(&ring, clients[i], &addr, 0);
		if (cqe.res == -EINVAL)
			return SKIPPED;
		CHECK(cqe.res == (i < 2 ? i : -ENFILE));
		slot_made(&ring, i);
	}
	CHECK(!(cqe.flags & IORING_CQE_F_MORE));
	for (int i = 0; i < 2; i++) {
		CHECK(DO_DIRECT(&ring, io_uring_prep_write, i, "hello", 5, 0) == 5);
		CHECK(read(clients[i], buf, sizeof(buf)) == 5);
		CHECK(!DO(&ring, io_uring_prep_close_direct, i));
		close(clients[i]);
	}
	close(clients[2]);
	close(listener);
	return 0;
}
