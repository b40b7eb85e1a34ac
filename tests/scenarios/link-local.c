// SPDX-License-Identifier: GPL-2.0-only
/* Rule 4, ipv6(7): a link-local address has an interface. */
#include "netns.h"

int main(void)
{
	struct address addr = host_address(1);
	int route, fd;

	netns_new();
	route = route_socket();
	inet_pton(AF_INET6, "fe80::1", &addr.in6.sin6_addr);
	address_add(route, 1, &addr);
	close(route);
	addr.in6.sin6_scope_id = 1;
	fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	MUST(bind(fd, AT(addr)));
	close(fd);
	return 0;
}
