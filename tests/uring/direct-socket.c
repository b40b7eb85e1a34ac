// SPDX-License-Identifier: GPL-2.0-only
/*
 * SOCKET into a given slot and into one that the kernel chooses; CONNECT, SEND, RECV, SHUTDOWN and CLOSE there; no
 * slot left.
 */
#include "direct.h"

static struct ring ring;

static void talk(int slot, int listener, const struct address *addr)
{
	char buf[16];
	int server;

	CHECK(!DO_DIRECT(&ring, io_uring_prep_connect, slot, AT(*addr)));
	server = MUST(accept(listener, NULL, NULL));
	CHECK(DO_DIRECT(&ring, io_uring_prep_send, slot, "hello", 5, 0) == 5);
	CHECK(!DO_DIRECT(&ring, io_uring_prep_shutdown, slot, SHUT_WR));
	CHECK(recv(server, buf, sizeof(buf), MSG_WAITALL) == 5);
	CHECK(send(server, "answer", 6, 0) == 6);
	CHECK(DO_DIRECT(&ring, io_uring_prep_recv, slot, buf, sizeof(buf), 0) == 6);
	CHECK(!DO(&ring, io_uring_prep_close_direct, slot));
	CHECK(DO(&ring, io_uring_prep_close_direct, slot) == -EBADF);
	close(server);
}

int main(int argc, char **argv)
{
	struct address addr;
	int listener, slot;

	families(argc, argv);
	need(IORING_OP_SOCKET);
	listener = listening(5, &addr);
	ring_open_slots(&ring, 2);
	CHECK(!DO(&ring, prep_socket_direct, SOCK_STREAM, 1));
	slot_made(&ring, 1);
	slot = DO(&ring, prep_socket_direct, SOCK_STREAM, ANY_SLOT);
	CHECK(slot == 0);
	slot_made(&ring, 0);
	CHECK(DO(&ring, prep_socket_direct, SOCK_STREAM, ANY_SLOT) == -ENFILE);
	CHECK(DO(&ring, prep_socket_direct, SOCK_STREAM, 99) == -EINVAL);
	talk(1, listener, &addr);
	talk(slot, listener, &addr);
	close(listener);
	return 0;
}
