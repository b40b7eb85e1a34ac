// SPDX-License-Identifier: GPL-2.0-only
/* Rule 25: shutdown() of a TCP listener ends its listening; of an unconnected socket it is ENOTCONN. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int fd = tcp_listener(1, &addr);

	MUST(shutdown(fd, SHUT_RDWR));
	FAILS(EINVAL, accept(fd, NULL, NULL));
	FAILS(ENOTCONN, shutdown(fd, SHUT_RDWR));
	close(fd);
	return 0;
}
