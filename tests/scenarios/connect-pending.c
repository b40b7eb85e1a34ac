// SPDX-License-Identifier: GPL-2.0-only
/* Rules 9, 14: a full accept queue leaves the client in SYN-SENT; EALREADY; abandoned by its close. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(0, &addr), first = connected(SOCK_STREAM, &addr), fd;

	wait_queue(listener, 1);
	fd = MUST(socket(FAMILY, SOCK_STREAM | SOCK_NONBLOCK, 0));
	FAILS(EINPROGRESS, connect(fd, AT(addr)));
	FAILS(EALREADY, connect(fd, AT(addr)));
	FAILS(EAGAIN, send(fd, "x", 1, 0));
	close(fd);
	close(first);
	close(listener);
	return 0;
}
