// SPDX-License-Identifier: GPL-2.0-only
/* Rule 4: an address in use, one that is not here, a second bind(): each leaves the socket as it was. */
#include "scenario.h"

int main(void)
{
	struct address addr, other = any_address(), far = far_address();
	int holder = bound(SOCK_STREAM, &addr), fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	FAILS(EADDRINUSE, bind(fd, AT(addr)));
	FAILS(IS_UNIX ? ENOENT : EADDRNOTAVAIL, bind(fd, AT(far)));
	FAILS(EINVAL, bind(holder, AT(other)));
	close(fd);
	close(holder);
	return 0;
}
