// SPDX-License-Identifier: GPL-2.0-only
/* accept(2): EINVAL on a socket that does not listen. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int fd = inet_bound(SOCK_STREAM, &addr);

	FAILS(EINVAL, accept(fd, NULL, NULL));
	close(fd);
	return 0;
}
