// SPDX-License-Identifier: GPL-2.0-only
/* Rules 1, 11: the same over IPv6. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in6 addr = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	socklen_t len = sizeof(addr);
	int listener = MUST(socket(AF_INET6, SOCK_STREAM, 0)), client = MUST(socket(AF_INET6, SOCK_STREAM, 0)), server;

	MUST(bind(listener, SA(addr), sizeof(addr)));
	MUST(listen(listener, 5));
	MUST(getsockname(listener, SA(addr), &len));
	MUST(connect(client, SA(addr), sizeof(addr)));
	server = MUST(accept(listener, SA(addr), &len));
	CHECK(write(client, "six", 3) == 3);
	CHECK(read(server, &addr, sizeof(addr)) == 3);
	close(client);
	close(server);
	close(listener);
	return 0;
}
