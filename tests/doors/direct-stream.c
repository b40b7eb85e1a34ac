// SPDX-License-Identifier: GPL-2.0-only
/*
 * i386 calls of their own (since Linux 4.3) and those that every file has, on a stream: 359 socket, 361 bind, 362 connect,
 * 363 listen, 364 accept4, 367 getsockname, 368 getpeername, 373 shutdown, 3 read, 4 write, 145 readv, 146 writev,
 * 378 preadv2, 379 pwritev2, 6 close.
 */
#include "door.h"

static void fail(int fd, struct address *addr)
{
	FAILS(EAFNOSUPPORT, DOOR(SYS_socket, 99, SOCK_STREAM, 0));
	FAILS(EINVAL, DOOR(SYS_bind, fd, AT(*addr)));
	FAILS(EISCONN, DOOR(SYS_connect, fd, AT(*addr)));
	FAILS(EINVAL, DOOR(SYS_listen, fd, 1));
	FAILS(EINVAL, DOOR(SYS_accept4, fd, NULL, NULL, 0));
	FAILS(EFAULT, DOOR(SYS_getsockname, fd, addr, NULL));
	FAILS(EBADF, DOOR(SYS_getpeername, 99, INTO(*addr)));
}

/* Two transfers each way, and a failure of each. */
static void move(int client, int server)
{
	char buf[8];
	struct iovec out[2] = { { "a", 1 }, { "bc", 2 } }, in[2] = { { buf, 1 }, { buf + 1, 7 } };

	CHECK(DOOR(SYS_write, client, "abc", 3) == 3);
	CHECK(DOOR(SYS_read, server, buf, sizeof(buf)) == 3);
	CHECK(DOOR(SYS_writev, client, out, 2) == 3);
	CHECK(DOOR(SYS_readv, server, in, 2) == 3);
	CHECK(DOOR(SYS_pwritev2, client, out, 2, -1, -1, 0) == 3);
	CHECK(DOOR(SYS_preadv2, server, in, 2, -1, -1, 0) == 3);
	FAILS(EAGAIN, DOOR(SYS_preadv2, server, in, 2, -1, -1, RWF_NOWAIT));
	FAILS(ESPIPE, DOOR(SYS_pwritev2, client, out, 2, 1, 2, 0));
	FAILS(EBADF, DOOR(SYS_read, 99, buf, 0xffffffff));
	FAILS(EFAULT, DOOR(SYS_write, client, NULL, 1));
	FAILS(EFAULT, DOOR(SYS_readv, server, NULL, 1));
	FAILS(EINVAL, DOOR(SYS_writev, client, out, -1));
}

int main(void)
{
	int listener = MUST(DOOR(SYS_socket, AF_INET, SOCK_STREAM, IPPROTO_TCP)), client, server;
	struct address addr = any_address(), peer;
	char c;

	MUST(DOOR(SYS_bind, listener, AT(addr)));
	MUST(DOOR(SYS_getsockname, listener, INTO(addr)));
	MUST(DOOR(SYS_listen, listener, 2));
	client = MUST(DOOR(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	FAILS(EINVAL, DOOR(SYS_shutdown, client, 3));
	MUST(DOOR(SYS_connect, client, AT(addr)));
	server = MUST(DOOR(SYS_accept4, listener, INTO(peer), SOCK_CLOEXEC));
	MUST(DOOR(SYS_getpeername, client, INTO(peer)));
	CHECK(peer.in.sin_port == addr.in.sin_port);
	fail(client, &addr);
	move(client, server);
	MUST(DOOR(SYS_shutdown, client, SHUT_WR));
	wait_for(server, POLLRDHUP);
	CHECK(DOOR(SYS_read, server, &c, 1) == 0);
	MUST(DOOR(SYS_close, server));
	MUST(DOOR(SYS_close, client));
	MUST(DOOR(SYS_close, listener));
	FAILS(EBADF, DOOR(SYS_close, listener));
	return 0;
}
