// SPDX-License-Identifier: GPL-2.0-only
/* Rule 11: nobody answers within TCP_USER_TIMEOUT. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int listener = tcp_listener(0, &addr), first = tcp_client(&addr), fd, ms = 100;

	wait_for(listener, POLLIN);
	fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms)));
	FAILS(ETIMEDOUT, connect(fd, SA(addr), sizeof(addr)));
	close(fd);
	close(first);
	close(listener);
	return 0;
}
