// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 15: getsockopt(), a struct timeval of 32-bit programs, and ENOPROTOOPT. */
#include "socketcall.h"

int main(void)
{
	const int32_t soon[2] = { 1, 500000 };
	socklen_t len = sizeof(int);
	int fd = sub_socket(AF_INET, SOCK_STREAM), got;
	int32_t time[2];

	MUST(SUB(SYS_GETSOCKOPT, fd, SOL_SOCKET, SO_TYPE, &got, &len));
	CHECK(got == SOCK_STREAM);
	MUST(SUB(SYS_SETSOCKOPT, fd, SOL_SOCKET, 21 /* SO_SNDTIMEO_OLD */, soon, sizeof(soon)));
	len = sizeof(time);
	MUST(SUB(SYS_GETSOCKOPT, fd, SOL_SOCKET, 21, time, &len));
	CHECK(len == 8 && time[0] == 1 && time[1] == 500000);
	FAILS(ENOPROTOOPT, SUB(SYS_GETSOCKOPT, fd, SOL_SOCKET, 9999, &got, &len));
	close(fd);
	return 0;
}
