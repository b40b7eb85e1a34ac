// SPDX-License-Identifier: GPL-2.0-only
/* Rules 1, 35, ipv6(7): an IPv4 client of an IPv6 listener appears there as ::ffff:127.0.0.1. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	struct address addr = any_address();
	socklen_t len = sizeof(any);
	int listener = MUST(socket(AF_INET6, SOCK_STREAM, 0)), client;

	MUST(bind(listener, (struct sockaddr *)&any, len));
	MUST(listen(listener, 5));
	MUST(getsockname(listener, (struct sockaddr *)&any, &len));
	addr.in.sin_port = any.sin6_port;
	client = connected(SOCK_STREAM, &addr);
	close(MUST(accept(listener, (struct sockaddr *)&any, &len)));
	close(client);
	close(listener);
	return 0;
}
