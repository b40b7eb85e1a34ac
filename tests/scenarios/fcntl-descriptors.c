// SPDX-License-Identifier: GPL-2.0-only
/* Rules 16, 21: F_DUPFD, F_DUPFD_CLOEXEC, F_SETFD, O_NONBLOCK by F_SETFL. */
#include "scenario.h"

int main(int argc, char **argv)
{
	int fd;

	if (argc > 1)
		return 0;
	fd = MUST(socket(FAMILY, SOCK_STREAM | SOCK_CLOEXEC, 0));
	CHECK(fcntl(fd, F_DUPFD, 10) == 10);
	CHECK(fcntl(fd, F_DUPFD_CLOEXEC, 20) == 20);
	MUST(fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK));
	CHECK(fcntl(fd, F_GETFL) == (O_RDWR | O_NONBLOCK));
	MUST(fcntl(fd, F_SETFD, 0));
	execl(argv[0], argv[0], "again", NULL);
	return 1;
}
