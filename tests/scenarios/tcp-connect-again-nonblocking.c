// SPDX-License-Identifier: GPL-2.0-only
/* Rule 13: after a non-blocking failure the next connect() only reports it, the one after starts anew. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int bound = inet_bound(SOCK_STREAM, &addr), fd = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)), err;
	socklen_t len = sizeof(err);

	FAILS(EINPROGRESS, connect(fd, SA(addr), sizeof(addr)));
	wait_for(fd, POLLERR);
	FAILS(ECONNREFUSED, connect(fd, SA(addr), sizeof(addr)));
	FAILS(EINPROGRESS, connect(fd, SA(addr), sizeof(addr)));
	wait_for(fd, POLLERR);
	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len));
	CHECK(err == ECONNREFUSED);
	FAILS(ECONNABORTED, connect(fd, SA(addr), sizeof(addr)));
	MUST(listen(bound, 1));
	FAILS(EINPROGRESS, connect(fd, SA(addr), sizeof(addr)));
	wait_for(fd, POLLOUT);
	MUST(connect(fd, SA(addr), sizeof(addr)));
	close(fd);
	close(bound);
	return 0;
}
