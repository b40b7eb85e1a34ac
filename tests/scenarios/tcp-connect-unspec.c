// SPDX-License-Identifier: GPL-2.0-only
/* connect(2): AF_UNSPEC dissolves a stream connection too (Linux), and the socket can be used again. */
#include "scenario.h"

int main(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct sockaddr_in addr;
	int listener = tcp_listener(2, &addr), fd = tcp_client(&addr);

	MUST(connect(fd, &none, sizeof(none)));
	MUST(connect(fd, SA(addr), sizeof(addr)));
	close(fd);
	close(listener);
	return 0;
}
