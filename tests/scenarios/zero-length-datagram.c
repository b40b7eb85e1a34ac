// SPDX-License-Identifier: GPL-2.0-only
/* Rule 29: a message of no bytes is a message, not an end. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int server = bound(SOCK_DGRAM, &addr), client = connected(SOCK_DGRAM, &addr);
	char buf[16];

	CHECK(send(client, "", 0, 0) == 0);
	CHECK(send(client, "x", 1, 0) == 1);
	CHECK(recv(server, buf, sizeof(buf), 0) == 0);
	CHECK(recv(server, buf, sizeof(buf), 0) == 1);
	close(client);
	close(server);
	return 0;
}
