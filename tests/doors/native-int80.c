// SPDX-License-Identifier: GPL-2.0-only
/* 64-bit code that enters by int 0x80: socketcall(2), calls of their own, messages and descriptors in 32-bit layouts. */
#include "native.h"

static struct low *low;

static void stream(void)
{
	int listener = MUST(DOOR(IA32_SOCKET, AF_INET, SOCK_STREAM, 0)), client, server;

	low->addr = any_address().in;
	MUST(DOOR(IA32_BIND, listener, &low->addr, sizeof(low->addr)));
	low->addrlen = sizeof(low->addr);
	MUST(DOOR(IA32_GETSOCKNAME, listener, &low->addr, &low->addrlen));
	MUST(DOOR(IA32_LISTEN, listener, 1));
	client = MUST(SUB(SYS_SOCKET, AF_INET, SOCK_STREAM, 0));
	MUST(DOOR(IA32_CONNECT, client, &low->addr, sizeof(low->addr)));
	server = MUST(DOOR(IA32_ACCEPT4, listener, &low->addr, &low->addrlen, SOCK_CLOEXEC));
	CHECK(SUB(SYS_SEND, client, strcpy(low->out, "hello"), 5, 0) == 5);
	CHECK(DOOR(IA32_READ, server, low->in, 16) == 5 && !memcmp(low->in, "hello", 5));
	FAILS(EINVAL, SUB(21, client));
	FAILS(EFAULT, DOOR(IA32_SOCKETCALL, SYS_SEND, 16));
	MUST(DOOR(IA32_CLOSE, server));
	MUST(DOOR(IA32_CLOSE, client));
	MUST(DOOR(IA32_CLOSE, listener));
}

static void messages(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		low->parts[i] = part(low->out, i + 1);
		low->vec[i].hdr = (struct msghdr32){ .iov = word(&low->parts[i]), .iovlen = 1 };
	}
	CHECK(DOOR(IA32_SENDMMSG, low->pair[0], low->vec, 3, 0) == 3);
	CHECK(low->vec[0].len + low->vec[1].len + low->vec[2].len == 6);
	for (i = 0; i < 3; i++)
		low->parts[i] = part(low->in[i], 16);
	low->limit[0] = 5;
	CHECK(DOOR(IA32_RECVMMSG_TIME64, low->pair[1], low->vec, 3, 0, low->limit) == 3 && low->vec[2].len == 3);
}

static void rights(void)
{
	low->rights = (struct rights32){ sizeof(low->rights), SOL_SOCKET, SCM_RIGHTS, low->pair[0] };
	low->msg = (struct msghdr32){
		.iov = word(low->parts), .iovlen = 2, .control = word(&low->rights), .controllen = sizeof(low->rights)
	};
	low->parts[0] = part(low->out, 3);
	low->parts[1] = part(low->out, 2);
	CHECK(DOOR(IA32_SENDMSG, low->pair[0], &low->msg, 0) == 5);
	CHECK(SUB(SYS_RECVMSG, low->pair[1], &low->msg, 0) == 5 && low->msg.controllen == sizeof(low->rights));
	MUST(DOOR(IA32_CLOSE, low->rights.fd));
}

int main(void)
{
	low = low_memory();
	stream();
	MUST(SUB(SYS_SOCKETPAIR, AF_UNIX, SOCK_DGRAM, 0, low->pair));
	messages();
	rights();
	MUST(DOOR(IA32_CLOSE, low->pair[0]));
	MUST(DOOR(IA32_CLOSE, low->pair[1]));
	return 0;
}
