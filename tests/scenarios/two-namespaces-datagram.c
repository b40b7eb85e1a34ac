// SPDX-License-Identifier: GPL-2.0-only
/* Rules 34, 35: messages from one network namespace to another. */
#include "netns.h"

int main(void)
{
	struct address addr = host_address(1), from;
	int netns[2], server, client;
	char buf[16];

	netns_pair(netns);
	netns_enter(netns[0]);
	server = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	MUST(bind(server, AT(addr)));
	addr = local_of(server);
	netns_enter(netns[1]);
	client = connected(SOCK_DGRAM, &addr);
	CHECK(send(client, "ask", 3, 0) == 3);
	CHECK(recvfrom(server, buf, sizeof(buf), 0, INTO(from)) == 3);
	CHECK(sendto(server, "tell", 4, 0, AT(from)) == 4);
	CHECK(recv(client, buf, sizeof(buf), 0) == 4);
	close(client);
	close(server);
	return 0;
}
