// SPDX-License-Identifier: GPL-2.0-only
/* Rule 11: no such path, a path that nobody listens on, a full queue of a unix listener (EAGAIN, not a pending one). */
#include "scenario.h"

int main(void)
{
	struct sockaddr_un addr, none;
	socklen_t len = unix_name(&addr, "sock", 5), none_len = unix_name(&none, "none", 5);
	int bound = unix_bound(SOCK_STREAM, "sock"), fd = MUST(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)), first;

	FAILS(ENOENT, connect(fd, SA(none), none_len));
	FAILS(ECONNREFUSED, connect(fd, SA(addr), len));
	MUST(listen(bound, 0));
	first = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	MUST(connect(first, SA(addr), len));
	FAILS(EAGAIN, connect(fd, SA(addr), len));
	close(first);
	close(fd);
	close(bound);
	return 0;
}
