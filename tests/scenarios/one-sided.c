// SPDX-License-Identifier: GPL-2.0-only
/* Rule 30: the other end of a connected datagram socket stays unconnected. */
#include "scenario.h"

int main(void)
{
	struct address addr, own;
	int server = bound(SOCK_DGRAM, &addr), client = bound(SOCK_DGRAM, &own);
	char buf[16];

	MUST(connect(client, AT(addr)));
	MUST(getpeername(client, INTO(addr)));
	FAILS(ENOTCONN, getpeername(server, INTO(addr)));
	FAILS(IS_UNIX ? ENOTCONN : EDESTADDRREQ, send(server, "x", 1, 0));
	CHECK(sendto(server, "to you", 6, 0, AT(own)) == 6);
	CHECK(read(client, buf, sizeof(buf)) == 6);
	close(client);
	close(server);
	return 0;
}
