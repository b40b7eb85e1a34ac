// SPDX-License-Identifier: GPL-2.0-only
/* Rule 35: two datagram sockets connected to each other. */
#include "scenario.h"

int main(void)
{
	struct address one, two;
	int first = bound(SOCK_DGRAM, &one), second = bound(SOCK_DGRAM, &two);
	char buf[16];

	MUST(connect(first, AT(two)));
	MUST(connect(second, AT(one)));
	CHECK(write(first, "ping", 4) == 4);
	CHECK(read(second, buf, sizeof(buf)) == 4);
	CHECK(write(second, "pong", 4) == 4);
	CHECK(read(first, buf, sizeof(buf)) == 4);
	close(second);
	close(first);
	return 0;
}
