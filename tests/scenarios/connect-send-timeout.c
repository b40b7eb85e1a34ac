// SPDX-License-Identifier: GPL-2.0-only
/* Rule 11: SO_SNDTIMEO ends the waiting of connect(): a TCP one goes on in the kernel, a unix one is over. */
#include "scenario.h"

int main(void)
{
	const struct timeval soon = { .tv_usec = 50000 };
	struct address addr;
	int listener = listening(0, &addr), first = connected(SOCK_STREAM, &addr), fd;

	wait_queue(listener, 1);
	fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	MUST(setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &soon, sizeof(soon)));
	FAILS(IS_UNIX ? EAGAIN : EINPROGRESS, connect(fd, AT(addr)));
	close(fd);
	close(first);
	close(listener);
	return 0;
}
