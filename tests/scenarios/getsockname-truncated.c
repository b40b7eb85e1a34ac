// SPDX-License-Identifier: GPL-2.0-only
/* Rule 7: addrlen is value-result; an address that did not fit is said to be truncated. */
#include "scenario.h"

int main(void)
{
	struct address addr, part = { .len = 5 };
	int fd = bound(SOCK_STREAM, &addr);

	MUST(getsockname(fd, &part.sa, &part.len));
	CHECK(part.len == addr.len);
	FAILS(ENOTCONN, getpeername(fd, INTO(addr)));
	close(fd);
	return 0;
}
