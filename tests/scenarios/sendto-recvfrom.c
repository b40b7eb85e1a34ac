// SPDX-License-Identifier: GPL-2.0-only
/* Rules 6, 28: an unbound sender gets its port shown (a unix one must bind to be answered); the peer of each message. */
#include "scenario.h"

int main(void)
{
	struct address addr, from, own;
	int server = bound(SOCK_DGRAM, &addr);
	int client = IS_UNIX ? bound(SOCK_DGRAM, &own) : MUST(socket(FAMILY, SOCK_DGRAM, 0));
	char buf[16];

	CHECK(sendto(client, "ask", 3, 0, AT(addr)) == 3);
	CHECK(recvfrom(server, buf, sizeof(buf), 0, INTO(from)) == 3);
	CHECK(sendto(server, "tell", 4, 0, AT(from)) == 4);
	CHECK(recvfrom(client, buf, sizeof(buf), 0, INTO(from)) == 4);
	close(client);
	close(server);
	return 0;
}
