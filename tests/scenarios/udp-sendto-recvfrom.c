// SPDX-License-Identifier: GPL-2.0-only
/* Rules 6, 28: an unbound sender gets its port shown; the peer of each message. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr, from;
	socklen_t len = sizeof(from);
	int server = inet_bound(SOCK_DGRAM, &addr), client = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	char buf[16];

	CHECK(sendto(client, "ask", 3, 0, SA(addr), sizeof(addr)) == 3);
	CHECK(recvfrom(server, buf, sizeof(buf), 0, SA(from), &len) == 3);
	CHECK(sendto(server, "tell", 4, 0, SA(from), len) == 4);
	CHECK(recvfrom(client, buf, sizeof(buf), 0, SA(from), &len) == 4);
	close(client);
	close(server);
	return 0;
}
