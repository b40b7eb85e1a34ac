// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 1: socket(), and EAFNOSUPPORT. */
#include "socketcall.h"

int main(void)
{
	int fd = MUST(SUB(SYS_SOCKET, AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_UDP));

	FAILS(EAFNOSUPPORT, SUB(SYS_SOCKET, 99, SOCK_STREAM, 0));
	close(fd);
	return 0;
}
