// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 14: setsockopt(), a struct timeval of 32-bit programs, and ENOPROTOOPT. */
#include "socketcall.h"

int main(void)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = 3 };
	const int32_t soon[2] = { 1, 500000 };
	const int64_t later[2] = { 2, 250000 };
	int fd = sub_socket(AF_INET, SOCK_STREAM), on = 1;

	MUST(SUB(SYS_SETSOCKOPT, fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)));
	MUST(SUB(SYS_SETSOCKOPT, fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	MUST(SUB(SYS_SETSOCKOPT, fd, SOL_SOCKET, 20 /* SO_RCVTIMEO_OLD */, soon, sizeof(soon)));
	MUST(SUB(SYS_SETSOCKOPT, fd, SOL_SOCKET, 66 /* SO_RCVTIMEO_NEW */, later, sizeof(later)));
	FAILS(ENOPROTOOPT, SUB(SYS_SETSOCKOPT, fd, SOL_SOCKET, 9999, &on, sizeof(on)));
	close(fd);
	return 0;
}
