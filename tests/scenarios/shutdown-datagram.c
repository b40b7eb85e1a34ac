// SPDX-License-Identifier: GPL-2.0-only
/* Rule 25: shutdown() of a datagram socket changes no state; an unconnected inet one is ENOTCONN. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int server = bound(SOCK_DGRAM, &addr), client = connected(SOCK_DGRAM, &addr);
	char c;

	if (!IS_UNIX)
		FAILS(ENOTCONN, shutdown(server, SHUT_RD));
	MUST(shutdown(client, SHUT_RDWR));
	FAILS(EPIPE, send(client, "x", 1, MSG_NOSIGNAL));
	CHECK(recv(client, &c, 1, 0) == 0);
	close(client);
	close(server);
	return 0;
}
