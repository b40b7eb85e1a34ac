// SPDX-License-Identifier: GPL-2.0-only
/* Rule 25: shutdown() of a TCP listener ends its listening; of an unconnected TCP socket it is ENOTCONN. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int fd = listening(1, &addr);

	MUST(shutdown(fd, SHUT_RDWR));
	FAILS(EINVAL, accept(fd, NULL, NULL));
	if (IS_UNIX)
		MUST(shutdown(fd, SHUT_RDWR));
	else
		FAILS(ENOTCONN, shutdown(fd, SHUT_RDWR));
	close(fd);
	return 0;
}
