// SPDX-License-Identifier: GPL-2.0-only
/*
 * i386 calls of messages and options: 369 sendto, 370 sendmsg, 371 recvfrom, 372 recvmsg, 345 sendmmsg, 337 recvmmsg with a
 * struct timespec of 32 bits, 417 (recvmmsg_time64) with one of 64, 365 getsockopt, 366 setsockopt.
 */
#include "messages.h"

static void options(int fd)
{
	socklen_t len = sizeof(int);
	int on = 1;

	MUST(DOOR(SYS_setsockopt, fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)));
	MUST(DOOR(SYS_getsockopt, fd, SOL_SOCKET, SO_BROADCAST, &on, &len));
	CHECK(on == 1 && len == sizeof(on));
	FAILS(ENOPROTOOPT, DOOR(SYS_setsockopt, fd, SOL_SOCKET, 9999, &on, sizeof(on)));
	FAILS(EFAULT, DOOR(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, &on, NULL));
}

static void one(int server, int client, const struct address *addr)
{
	struct address from;
	char buf[8];
	struct iovec out[2] = { { "good", 4 }, { " day", 4 } }, in = { buf, 6 };
	struct msghdr to = { .msg_iov = out, .msg_iovlen = 2 };
	struct msghdr got = { .msg_iov = &in, .msg_iovlen = 1, .msg_name = &from.sa, .msg_namelen = sizeof(from.in) };

	FAILS(EDESTADDRREQ, DOOR(SYS_sendto, client, "lost", 4, 0, NULL, 0));
	FAILS(EDESTADDRREQ, DOOR(SYS_sendmsg, client, &to, 0));
	CHECK(DOOR(SYS_sendto, client, "hello", 5, 0, AT(*addr)) == 5);
	CHECK(DOOR(SYS_recvfrom, server, buf, sizeof(buf), 0, INTO(from)) == 5 && from.len == sizeof(from.in));
	message_name(&to, addr);
	CHECK(DOOR(SYS_sendmsg, client, &to, 0) == 8);
	CHECK(DOOR(SYS_recvmsg, server, &got, 0) == 6 && got.msg_flags == MSG_TRUNC);
	FAILS(EAGAIN, DOOR(SYS_recvfrom, server, buf, sizeof(buf), MSG_DONTWAIT, NULL, NULL));
	FAILS(EAGAIN, DOOR(SYS_recvmsg, server, &got, MSG_DONTWAIT));
}

static void several(int server, int client, const struct address *addr)
{
	static int32_t limit[2] = { 5, 0 };
	static int64_t limit64[2] = { 5, 0 };
	const struct {
		long call;
		void *limit;
	} receives[2] = { { SYS_recvmmsg, limit }, { SYS_recvmmsg_time64, limit64 } };
	struct three three;
	int i, j;

	for (i = 0; i < 2; i++) {
		three_to_send(&three);
		for (j = 0; j < 3; j++)
			message_name(&three.vec[j].msg_hdr, addr);
		CHECK(DOOR(SYS_sendmmsg, client, three.vec, 3, 0) == 3 && three_bytes(&three) == 14);
		three_to_receive(&three);
		CHECK(DOOR(receives[i].call, server, three.vec, 3, 0, receives[i].limit) == 3);
		CHECK(three_bytes(&three) == 14);
		FAILS(EAGAIN, DOOR(receives[i].call, server, three.vec, 3, MSG_DONTWAIT, NULL));
	}
	FAILS(EBADF, DOOR(SYS_sendmmsg, 99, three.vec, 3, 0));
}

int main(void)
{
	struct address addr = any_address();
	int server = MUST(DOOR(SYS_socket, AF_INET, SOCK_DGRAM, 0)),
	    client = MUST(DOOR(SYS_socket, AF_INET, SOCK_DGRAM, 0));

	MUST(DOOR(SYS_bind, server, AT(addr)));
	MUST(DOOR(SYS_getsockname, server, INTO(addr)));
	options(client);
	one(server, client, &addr);
	several(server, client, &addr);
	MUST(DOOR(SYS_close, client));
	MUST(DOOR(SYS_close, server));
	return 0;
}
