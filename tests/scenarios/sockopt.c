// SPDX-License-Identifier: GPL-2.0-only
/* setsockopt(2), getsockopt(2): levels and names. */
#include "scenario.h"

int main(void)
{
	const int on = 1;
	const struct linger linger = { .l_onoff = 1, .l_linger = 5 };
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0)), value;
	socklen_t len = sizeof(value);

	MUST(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	MUST(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	MUST(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
	MUST(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
	FAILS(ENOPROTOOPT, setsockopt(fd, SOL_SOCKET, 9999, &on, sizeof(on)));
	FAILS(EFAULT, setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, NULL, sizeof(on)));
	close(fd);
	return 0;
}
