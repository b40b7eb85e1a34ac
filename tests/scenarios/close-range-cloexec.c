// SPDX-License-Identifier: GPL-2.0-only
/* Rule 22: CLOSE_RANGE_CLOEXEC closes nothing until the exec. */
#include <linux/close_range.h>

#include "scenario.h"

int main(int argc, char **argv)
{
	int fd;

	if (argc > 1)
		return close(3);
	CHECK(socket(FAMILY, SOCK_STREAM, 0) == 3);
	fd = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	if (close_range(fd, ~0U, CLOSE_RANGE_CLOEXEC) && errno == EINVAL)
		return SKIPPED; /* before Linux 5.11 */
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
	execl(argv[0], argv[0], "again", NULL);
	return 1;
}
