// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: EINPROGRESS, connected by the kernel, learned by SO_ERROR: one attempt. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int listener = tcp_listener(1, &addr), fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), err;
	socklen_t len = sizeof(err);

	FAILS(EINPROGRESS, connect(fd, SA(addr), sizeof(addr)));
	wait_for(fd, POLLOUT);
	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len));
	CHECK(!err);
	close(fd);
	close(listener);
	return 0;
}
