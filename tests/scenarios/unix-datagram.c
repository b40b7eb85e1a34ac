// SPDX-License-Identifier: GPL-2.0-only
/* Rules 28, 35: datagrams by paths, answered; each end has its own peer. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_un addr, from;
	socklen_t len = unix_name(&addr, "server", 7), from_len = sizeof(from);
	int server = unix_bound(SOCK_DGRAM, "server"), client = unix_bound(SOCK_DGRAM, "client");
	char buf[16];

	CHECK(sendto(client, "ask", 3, 0, SA(addr), len) == 3);
	CHECK(recvfrom(server, buf, sizeof(buf), 0, SA(from), &from_len) == 3);
	CHECK(sendto(server, "tell", 4, 0, SA(from), from_len) == 4);
	CHECK(recvfrom(client, buf, sizeof(buf), 0, NULL, NULL) == 4);
	close(client);
	close(server);
	return 0;
}
