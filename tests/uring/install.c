// SPDX-License-Identifier: GPL-2.0-only
/* FIXED_FD_INSTALL: a direct descriptor gets a number as well, and the two are one socket. */
#include "direct.h"

static struct ring ring;

static void prep_install(struct io_uring_sqe *s, int slot)
{
	io_uring_prep_rw(OP_FIXED_FD_INSTALL, s, slot, NULL, 0, 0);
}

int main(int argc, char **argv)
{
	struct address addr;
	int listener, client, server;
	char buf[16];

	families(argc, argv);
	need(OP_FIXED_FD_INSTALL);
	listener = listening(1, &addr);
	ring_open_slots(&ring, 4);
	CHECK(!DO(&ring, prep_socket_direct, SOCK_STREAM, 1));
	slot_made(&ring, 1);
	client = DO_DIRECT(&ring, prep_install, 1);
	CHECK(client > 2);
	ring.slots[1] = inode_of(client);
	MUST(connect(client, AT(addr)));
	server = MUST(accept(listener, NULL, NULL));
	CHECK(DO_DIRECT(&ring, io_uring_prep_send, 1, "slot", 4, 0) == 4);
	CHECK(send(client, "number", 6, 0) == 6);
	CHECK(recv(server, buf, 10, MSG_WAITALL) == 10);
	CHECK(!DO(&ring, io_uring_prep_close_direct, 1));
	CHECK(send(client, "still", 5, 0) == 5);
	close(client);
	CHECK(recv(server, buf, sizeof(buf), MSG_WAITALL) == 5);
	close(server);
	close(listener);
	return 0;
}
