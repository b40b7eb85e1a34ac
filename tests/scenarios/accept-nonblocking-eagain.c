// SPDX-License-Identifier: GPL-2.0-only
/* Rules 10, 16: nobody waits: EAGAIN, and the listener stays as it was. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int fd = listening(1, &addr);

	MUST(fcntl(fd, F_SETFL, O_NONBLOCK));
	FAILS(EAGAIN, accept(fd, NULL, NULL));
	close(fd);
	return 0;
}
