// SPDX-License-Identifier: GPL-2.0-only
/* A slot that is taken is given another socket: the one before it is closed, and its peer reads the end of file. */
#include "direct.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct address addr;
	int listener, server, pair[2];
	char buf[16];

	families(argc, argv);
	need(IORING_OP_SOCKET);
	listener = listening(5, &addr);
	ring_open_slots(&ring, 2);
	CHECK(!DO(&ring, prep_socket_direct, SOCK_STREAM, 0));
	slot_made(&ring, 0);
	CHECK(!DO_DIRECT(&ring, io_uring_prep_connect, 0, AT(addr)));
	server = MUST(accept(listener, NULL, NULL));
	CHECK(!DO(&ring, prep_socket_direct, SOCK_DGRAM, 0));
	CHECK(!read(server, buf, sizeof(buf)));
	close(server);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	slots_fill(&ring, 0, &pair[0], 1); /* as io_uring_register() does it */
	close(pair[0]);
	CHECK(DO_DIRECT(&ring, io_uring_prep_send, 0, "pair", 4, 0) == 4);
	CHECK(read(pair[1], buf, sizeof(buf)) == 4);
	CHECK(!DO(&ring, io_uring_prep_close_direct, 0));
	CHECK(!read(pair[1], buf, sizeof(buf)));
	close(pair[1]);
	close(listener);
	return 0;
}
