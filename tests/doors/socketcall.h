/* SPDX-License-Identifier: GPL-2.0-only */
/* Sockets made by sub-calls of socketcall(2) alone, for the program of each sub-call. */
#ifndef SOCKETCALL_H
#define SOCKETCALL_H

#include "door.h"

static inline int sub_socket(int family, int type)
{
	return MUST(SUB(SYS_SOCKET, family, type, 0));
}

/* A new socket of the loopback, bound, and where. */
static inline int sub_bound(int type, struct address *addr)
{
	int fd = sub_socket(AF_INET, type);

	*addr = any_address();
	MUST(SUB(SYS_BIND, fd, AT(*addr)));
	MUST(SUB(SYS_GETSOCKNAME, fd, INTO(*addr)));
	return fd;
}

static inline int sub_listening(struct address *addr)
{
	int fd = sub_bound(SOCK_STREAM, addr);

	MUST(SUB(SYS_LISTEN, fd, 1));
	return fd;
}

static inline int sub_connected(int type, const struct address *addr)
{
	int fd = sub_socket(AF_INET, type);

	MUST(SUB(SYS_CONNECT, fd, AT(*addr)));
	return fd;
}

static inline void sub_pair(int type, int pair[2])
{
	MUST(SUB(SYS_SOCKETPAIR, AF_UNIX, type, 0, pair));
}

static inline void close_pair(const int pair[2])
{
	close(pair[0]);
	close(pair[1]);
}

#endif
