// SPDX-License-Identifier: GPL-2.0-only
/* Rule 32: a datagram client that did not bind has no address to be answered at. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_un addr, from;
	socklen_t len = unix_name(&addr, "server", 7), from_len = sizeof(from);
	int server = unix_bound(SOCK_DGRAM, "server"), client = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	char buf[16];

	MUST(connect(client, SA(addr), len));
	CHECK(send(client, "who", 3, 0) == 3);
	CHECK(recvfrom(server, buf, sizeof(buf), 0, SA(from), &from_len) == 3);
	CHECK(from_len == 0);
	close(server);
	FAILS(ECONNREFUSED, send(client, "gone", 4, 0));
	close(client);
	return 0;
}
