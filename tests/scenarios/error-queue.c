// SPDX-License-Identifier: GPL-2.0-only
/* Rules 31, 35b, ip(7): IP_RECVERR queues an error that no call of an unconnected socket would have told. */
#include "scenario.h"

int main(void)
{
	const int on = 1;
	struct address addr, from;
	int gone = bound(SOCK_DGRAM, &addr), fd = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	char buf[16];

	close(gone);
	CHECK(sendto(fd, "unheard", 7, 0, AT(addr)) == 7);
	FAILS(EAGAIN, recv(fd, buf, sizeof(buf), MSG_DONTWAIT));
	if (FAMILY == AF_INET)
		MUST(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)));
	else
		MUST(setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on)));
	CHECK(sendto(fd, "told", 4, 0, AT(addr)) == 4);
	wait_for(fd, POLLERR);
	FAILS(ECONNREFUSED, recv(fd, buf, sizeof(buf), MSG_DONTWAIT));
	CHECK(recvfrom(fd, buf, sizeof(buf), MSG_ERRQUEUE, INTO(from)) == 4);
	close(fd);
	return 0;
}
