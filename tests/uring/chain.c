// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chain in one submission: SOCKET into a slot, then CONNECT, SEND, RECV, CLOSE on it, each when the one before
 * it is done.
 */
#include "direct.h"

static struct ring ring;

static void serve(int listener)
{
	int server = MUST(accept(listener, NULL, NULL));
	char buf[16];

	CHECK(recv(server, buf, 5, MSG_WAITALL) == 5);
	CHECK(send(server, "answer", 6, 0) == 6);
	CHECK(!read(server, buf, sizeof(buf)));
	close(server);
}

int main(int argc, char **argv)
{
	struct address addr;
	char buf[16];
	int listener;
	pid_t child;

	families(argc, argv);
	need(IORING_OP_SOCKET);
	listener = listening(5, &addr);
	child = MUST(fork());
	if (!child) {
		serve(listener);
		return 0;
	}
	ring_open_slots(&ring, 4);
	slot_made(&ring, 1);
	PREP(&ring, prep_socket_direct, SOCK_STREAM, 1)->flags |= IOSQE_IO_LINK;
	PREP_DIRECT(&ring, io_uring_prep_connect, 1, AT(addr))->flags |= IOSQE_IO_LINK;
	PREP_DIRECT(&ring, io_uring_prep_send, 1, "hello", 5, 0)->flags |= IOSQE_IO_LINK;
	PREP_DIRECT(&ring, io_uring_prep_recv, 1, buf, sizeof(buf), 0)->flags |= IOSQE_IO_LINK;
	PREP(&ring, io_uring_prep_close_direct, 1);
	submit(&ring);
	expect(&ring, 1, 0);
	expect(&ring, 2, 0);
	expect(&ring, 3, 5);
	expect(&ring, 4, 6);
	expect(&ring, 5, 0);
	wait_child(child);
	close(listener);
	return 0;
}
