// SPDX-License-Identifier: GPL-2.0-only
/* Rule 35: a TCP socket that connects to its own address is its own other end. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int fd = bound(SOCK_STREAM, &addr);
	char buf[16];

	MUST(connect(fd, AT(addr)));
	CHECK(write(fd, "me", 2) == 2);
	CHECK(read(fd, buf, sizeof(buf)) == 2);
	close(fd);
	return 0;
}
