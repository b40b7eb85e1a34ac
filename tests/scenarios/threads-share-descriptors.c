// SPDX-License-Identifier: GPL-2.0-only
/* Rule 21: a socket made by one thread and closed by another: one table, one descriptor. */
#include "scenario.h"

static void *makes(void *fd)
{
	*(int *)fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	return NULL;
}

int main(void)
{
	pthread_t thread;
	int fd = -1;

	pthread_create(&thread, NULL, makes, &fd);
	pthread_join(thread, NULL);
	close(fd);
	return 0;
}
