// SPDX-License-Identifier: GPL-2.0-only
/* Rule 35: the same two addresses in two network namespaces, at the same time: each end has its own other. */
#include "netns.h"

static int on_port(in_port_t port)
{
	struct address addr = loopback(port);
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	MUST(bind(fd, AT(addr)));
	return fd;
}

static struct stream in_new_namespace(void)
{
	struct stream s;

	netns_new();
	s.listener = on_port(7777);
	MUST(listen(s.listener, 1));
	s.addr = local_of(s.listener);
	s.client = on_port(8888);
	MUST(connect(s.client, AT(s.addr)));
	return s;
}

int main(void)
{
	struct stream one = in_new_namespace(), two = in_new_namespace();

	two.server = MUST(accept(two.listener, NULL, NULL));
	one.server = MUST(accept(one.listener, NULL, NULL));
	CHECK(write(one.client, "one", 3) == 3);
	CHECK(write(two.client, "two", 3) == 3);
	close_all(&two);
	close_all(&one);
	return 0;
}
