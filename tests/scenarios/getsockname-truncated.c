// SPDX-License-Identifier: GPL-2.0-only
/* Rule 7: addrlen is value-result; an address that did not fit is said to be truncated. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	struct sockaddr_un name;
	socklen_t len = 4, name_len = 5;
	int fd = inet_bound(SOCK_STREAM, &addr), path = unix_bound(SOCK_STREAM, "a-long-path");

	MUST(getsockname(fd, SA(addr), &len));
	CHECK(len == sizeof(addr));
	MUST(getsockname(path, SA(name), &name_len));
	FAILS(ENOTCONN, getpeername(fd, SA(addr), &len));
	close(path);
	close(fd);
	return 0;
}
