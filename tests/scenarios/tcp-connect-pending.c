// SPDX-License-Identifier: GPL-2.0-only
/* Rules 9, 14: a full accept queue leaves the client in SYN-SENT; EALREADY; abandoned by its close. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int listener = tcp_listener(0, &addr), first = tcp_client(&addr), fd;

	wait_for(listener, POLLIN);
	fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	FAILS(EINPROGRESS, connect(fd, SA(addr), sizeof(addr)));
	FAILS(EALREADY, connect(fd, SA(addr), sizeof(addr)));
	FAILS(EAGAIN, send(fd, "x", 1, 0));
	close(fd);
	close(first);
	close(listener);
	return 0;
}
