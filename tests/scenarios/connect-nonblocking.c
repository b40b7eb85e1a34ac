// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: EINPROGRESS, connected by the kernel, learned by SO_ERROR: one attempt. A unix one is connected at once. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(1, &addr), fd = MUST(socket(FAMILY, SOCK_STREAM | SOCK_NONBLOCK, 0)), err;
	socklen_t len = sizeof(err);

	if (IS_UNIX) {
		MUST(connect(fd, AT(addr)));
	} else {
		FAILS(EINPROGRESS, connect(fd, AT(addr)));
		wait_decided(fd);
	}
	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len));
	CHECK(!err);
	close(fd);
	close(listener);
	return 0;
}
