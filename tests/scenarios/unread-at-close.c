// SPDX-License-Identifier: GPL-2.0-only
/* Rule 26: messages that nobody read go with their socket. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int server = bound(SOCK_DGRAM, &addr), client = connected(SOCK_DGRAM, &addr);

	CHECK(send(client, "unread", 6, 0) == 6);
	CHECK(send(client, "too", 3, 0) == 3);
	close(server);
	close(client);
	return 0;
}
