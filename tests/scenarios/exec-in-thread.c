// SPDX-License-Identifier: GPL-2.0-only
/* Rule 23: exec() by another thread than the first: the process goes on, and so do its descriptors. */
#include "scenario.h"

static void *executes(void *name)
{
	execl(name, name, "again", NULL);
	return NULL;
}

int main(int argc, char **argv)
{
	int fd = 3;
	pthread_t thread;

	if (argc > 1)
		return close(fd);
	CHECK(socket(FAMILY, SOCK_STREAM, 0) == fd);
	MUST(socket(FAMILY, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	pthread_create(&thread, NULL, executes, argv[0]);
	pthread_join(thread, NULL);
	return 1;
}
