// SPDX-License-Identifier: GPL-2.0-only
/* Rule 13: after a non-blocking failure the next connect() only reports it, the one after starts anew. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int holder = bound(SOCK_STREAM, &addr), fd = MUST(socket(FAMILY, SOCK_STREAM | SOCK_NONBLOCK, 0)), err;
	socklen_t len = sizeof(err);

	FAILS(EINPROGRESS, connect(fd, AT(addr)));
	wait_decided(fd);
	FAILS(ECONNREFUSED, connect(fd, AT(addr)));
	FAILS(EINPROGRESS, connect(fd, AT(addr)));
	wait_decided(fd);
	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len));
	CHECK(err == ECONNREFUSED);
	FAILS(ECONNABORTED, connect(fd, AT(addr)));
	MUST(listen(holder, 1));
	FAILS(EINPROGRESS, connect(fd, AT(addr)));
	wait_decided(fd);
	MUST(connect(fd, AT(addr)));
	close(fd);
	close(holder);
	return 0;
}
