// SPDX-License-Identifier: GPL-2.0-only
/* Rule 11: nobody answers within TCP_USER_TIMEOUT. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(0, &addr), first = connected(SOCK_STREAM, &addr), fd, ms = 100;

	wait_queue(listener, 1);
	fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	MUST(setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof(ms)));
	FAILS(ETIMEDOUT, connect(fd, AT(addr)));
	close(fd);
	close(first);
	close(listener);
	return 0;
}
