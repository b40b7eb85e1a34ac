// SPDX-License-Identifier: GPL-2.0-only
/* SOCKET, BIND, LISTEN, CONNECT, ACCEPT, SEND, RECV, SHUTDOWN, CLOSE: the lives of two ends by io_uring alone. */
#include "uring.h"

static struct ring ring;

static int make(void)
{
	int fd = DO(&ring, io_uring_prep_socket, FAMILY, SOCK_STREAM, 0, 0);

	CHECK(fd > 2);
	return fd;
}

int main(int argc, char **argv)
{
	struct address addr, peer;
	int listener, client, server;
	char buf[16];

	families(argc, argv);
	need(OP_LISTEN);
	ring_open(&ring, 8, 0);
	listener = make();
	addr = any_address();
	CHECK(!DO(&ring, prep_bind, listener, AT(addr)));
	addr = local_of(listener);
	CHECK(!DO(&ring, prep_listen, listener, 5));
	client = make();
	CHECK(!DO(&ring, io_uring_prep_connect, client, AT(addr)));
	server = DO(&ring, io_uring_prep_accept, listener, INTO(peer), SOCK_CLOEXEC);
	CHECK(server > 2);
	CHECK(DO(&ring, io_uring_prep_send, client, "hello", 5, 0) == 5);
	CHECK(DO(&ring, io_uring_prep_recv, server, buf, sizeof(buf), 0) == 5);
	CHECK(!DO(&ring, io_uring_prep_shutdown, client, SHUT_WR));
	CHECK(!DO(&ring, io_uring_prep_recv, server, buf, sizeof(buf), 0));
	CHECK(DO(&ring, io_uring_prep_send, server, "goodbye", 7, MSG_NOSIGNAL) == 7);
	CHECK(DO(&ring, io_uring_prep_recv, client, buf, sizeof(buf), 0) == 7);
	CHECK(!DO(&ring, io_uring_prep_close, client));
	CHECK(!DO(&ring, io_uring_prep_close, server));
	CHECK(!DO(&ring, io_uring_prep_close, listener));
	return 0;
}
