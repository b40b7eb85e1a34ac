// SPDX-License-Identifier: GPL-2.0-only
/* Rule 1, ipv6(7): an IPv4 client of an IPv6 listener appears there as ::ffff:127.0.0.1. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6 };
	struct sockaddr_in addr = loopback(0);
	socklen_t len = sizeof(any);
	int listener = MUST(socket(AF_INET6, SOCK_STREAM, 0)), client;

	MUST(bind(listener, SA(any), sizeof(any)));
	MUST(listen(listener, 5));
	MUST(getsockname(listener, SA(any), &len));
	addr.sin_port = any.sin6_port;
	client = tcp_client(&addr);
	close(MUST(accept(listener, SA(any), &len)));
	close(client);
	close(listener);
	return 0;
}
