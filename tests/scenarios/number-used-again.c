// SPDX-License-Identifier: GPL-2.0-only
/* Rule 27: a number that is used again belongs to the new socket from then on. */
#include "scenario.h"

int main(void)
{
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	close(fd);
	CHECK(socket(FAMILY, SOCK_DGRAM, 0) == fd);
	close(fd);
	FAILS(EBADF, close(fd));
	return 0;
}
