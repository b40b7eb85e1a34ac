// SPDX-License-Identifier: GPL-2.0-only
/* Rules 21, 23: the child of vfork() has a table of its own, and hands its descriptors on at exec(). */
#include "scenario.h"

int main(int argc, char **argv)
{
	int fd = 3;
	pid_t child;

	if (argc > 1)
		return close(fd);
	CHECK(socket(FAMILY, SOCK_STREAM, 0) == fd);
	child = vfork();
	if (!child) {
		execl(argv[0], argv[0], "again", NULL);
		_exit(1);
	}
	wait_child(child);
	close(fd);
	return 0;
}
