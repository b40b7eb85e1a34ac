// SPDX-License-Identifier: GPL-2.0-only
/* Rule 35: both ends of a connection from one network namespace to another know each other. */
#include "netns.h"

int main(void)
{
	struct address addr = host_address(1);
	int netns[2], listener, client, server;
	char buf[16];

	netns_pair(netns);
	netns_enter(netns[0]);
	listener = MUST(socket(FAMILY, SOCK_STREAM, 0));
	MUST(bind(listener, AT(addr)));
	addr = local_of(listener);
	MUST(listen(listener, 1));
	netns_enter(netns[1]);
	client = connected(SOCK_STREAM, &addr);
	server = MUST(accept(listener, NULL, NULL));
	CHECK(write(client, "hello", 5) == 5);
	CHECK(read(server, buf, sizeof(buf)) == 5);
	close(client);
	wait_for(server, POLLRDHUP);
	close(server);
	close(listener);
	return 0;
}
