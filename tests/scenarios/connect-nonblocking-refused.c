// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: EINPROGRESS, refused by the peer, learned by SO_ERROR: one attempt. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int holder = bound(SOCK_STREAM, &addr), fd = MUST(socket(FAMILY, SOCK_STREAM | SOCK_NONBLOCK, 0)), err;
	socklen_t len = sizeof(err);

	FAILS(EINPROGRESS, connect(fd, AT(addr)));
	wait_decided(fd);
	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len));
	CHECK(err == ECONNREFUSED);
	close(fd);
	close(holder);
	return 0;
}
