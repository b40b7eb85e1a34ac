// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 6: getsockname(), and EBADF. */
#include "socketcall.h"

int main(void)
{
	struct address addr;
	int fd = sub_bound(SOCK_DGRAM, &addr);

	CHECK(addr.len == sizeof(addr.in) && addr.in.sin_port);
	close(fd);
	FAILS(EBADF, SUB(SYS_GETSOCKNAME, fd, INTO(addr)));
	return 0;
}
