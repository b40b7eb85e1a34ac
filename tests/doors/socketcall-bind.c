// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 2: bind(), and EINVAL of what is bound. */
#include "socketcall.h"

int main(void)
{
	struct address addr;
	int fd = sub_bound(SOCK_STREAM, &addr);

	addr = any_address();
	FAILS(EINVAL, SUB(SYS_BIND, fd, AT(addr)));
	close(fd);
	return 0;
}
