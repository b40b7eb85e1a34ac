// SPDX-License-Identifier: GPL-2.0-only
/* Rule 21: unshare(CLONE_FILES) gives a thread a table of its own; the socket ends with the last close of both. */
#include <sched.h>

#include "scenario.h"

static void *closes(void *fd)
{
	MUST(unshare(CLONE_FILES));
	close(*(int *)fd);
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
