// SPDX-License-Identifier: GPL-2.0-only
/* Rules 9, 11: a path that nobody listens on; a full queue of a unix listener is EAGAIN, not a pending connection. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int holder = bound(SOCK_STREAM, &addr), fd = MUST(socket(FAMILY, SOCK_STREAM | SOCK_NONBLOCK, 0)), first;

	FAILS(ECONNREFUSED, connect(fd, AT(addr)));
	MUST(listen(holder, 0));
	first = connected(SOCK_STREAM, &addr);
	FAILS(EAGAIN, connect(fd, AT(addr)));
	close(first);
	close(fd);
	close(holder);
	return 0;
}
