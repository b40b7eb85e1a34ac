// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: a send that succeeds is how the program learns that it is connected. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int listener = tcp_listener(1, &addr), fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));

	FAILS(EINPROGRESS, connect(fd, SA(addr), sizeof(addr)));
	wait_for(fd, POLLOUT);
	CHECK(send(fd, "x", 1, 0) == 1);
	close(fd);
	close(listener);
	return 0;
}
