// SPDX-License-Identifier: GPL-2.0-only
/* ACCEPT into a given slot, and into one that the kernel chooses. */
#include "direct.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct address addr, peer;
	int listener, clients[2];
	char buf[16];

	families(argc, argv);
	listener = listening(5, &addr);
	ring_open_slots(&ring, 4);
	clients[0] = connected(SOCK_STREAM, &addr);
	CHECK(!DO(&ring, io_uring_prep_accept_direct, listener, INTO(peer), 0, 3));
	slot_made(&ring, 3);
	clients[1] = connected(SOCK_STREAM, &addr);
	CHECK(!DO(&ring, io_uring_prep_accept_direct, listener, NULL, NULL, 0, ANY_SLOT));
	slot_made(&ring, 0);
	for (int i = 0; i < 2; i++) {
		CHECK(send(clients[i], "hello", 3 + i, 0) == 3 + i);
		CHECK(DO_DIRECT(&ring, io_uring_prep_recv, i ? 0 : 3, buf, sizeof(buf), 0) == 3 + i);
		CHECK(!DO(&ring, io_uring_prep_close_direct, i ? 0 : 3));
		CHECK(!read(clients[i], buf, sizeof(buf)));
		close(clients[i]);
	}
	close(listener);
	return 0;
}
