// SPDX-License-Identifier: GPL-2.0-only
/* Rule 17: FIONREAD of a datagram socket is the size of the next message, 0 also where that has no bytes. */
#include <sys/ioctl.h>

#include "scenario.h"

int main(void)
{
	struct address addr;
	int server = bound(SOCK_DGRAM, &addr), client = connected(SOCK_DGRAM, &addr), n;
	char buf[16];

	CHECK(!ioctl(server, FIONREAD, &n) && n == 0);
	CHECK(send(client, "hello", 5, 0) == 5);
	CHECK(send(client, "", 0, 0) == 0);
	CHECK(!ioctl(server, FIONREAD, &n) && n == 5);
	CHECK(recv(server, buf, sizeof(buf), 0) == 5);
	CHECK(!ioctl(server, FIONREAD, &n) && n == 0);
	CHECK(recv(server, buf, sizeof(buf), 0) == 0);
	close(client);
	close(server);
	return 0;
}
