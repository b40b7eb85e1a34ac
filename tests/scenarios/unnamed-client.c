// SPDX-License-Identifier: GPL-2.0-only
/* Rule 32: a datagram client that did not bind has no address to be answered at. */
#include "scenario.h"

int main(void)
{
	struct address addr, from;
	int server = bound(SOCK_DGRAM, &addr), client = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	char buf[16];

	MUST(connect(client, AT(addr)));
	CHECK(send(client, "who", 3, 0) == 3);
	CHECK(recvfrom(server, buf, sizeof(buf), 0, INTO(from)) == 3);
	CHECK(from.len == 0);
	FAILS(ENOTCONN, send(server, "?", 1, 0));
	close(server);
	FAILS(ECONNREFUSED, send(client, "gone", 4, 0));
	close(client);
	return 0;
}
