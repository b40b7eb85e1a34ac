// SPDX-License-Identifier: GPL-2.0-only
/* Rule 34: messages of two senders, each paired with its reception. */
#include "scenario.h"

int main(void)
{
	struct address addr, one, two;
	int server = bound(SOCK_DGRAM, &addr), first = bound(SOCK_DGRAM, &one), second = bound(SOCK_DGRAM, &two), i;
	char buf[16];

	CHECK(sendto(first, "a", 1, 0, AT(addr)) == 1);
	CHECK(sendto(second, "bb", 2, 0, AT(addr)) == 2);
	CHECK(sendto(first, "a", 1, 0, AT(addr)) == 1);
	for (i = 0; i < 3; i++)
		CHECK(recvfrom(server, buf, sizeof(buf), 0, INTO(one)) >= 1);
	close(second);
	close(first);
	close(server);
	return 0;
}
