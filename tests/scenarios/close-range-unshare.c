// SPDX-License-Identifier: GPL-2.0-only
/* Rule 22: CLOSE_RANGE_UNSHARE gives the thread a table of its own first: the other's sockets stay. */
#include <linux/close_range.h>

#include "scenario.h"

static void *closes(void *fd)
{
	MUST(close_range(*(int *)fd, ~0U, CLOSE_RANGE_UNSHARE));
	FAILS(EBADF, close(*(int *)fd));
	return NULL;
}

int main(void)
{
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	pthread_t thread;

	pthread_create(&thread, NULL, closes, &fd);
	pthread_join(thread, NULL);
	close(fd);
	return 0;
}
