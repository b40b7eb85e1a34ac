// SPDX-License-Identifier: GPL-2.0-only
/* connect(2): AF_UNSPEC dissolves a stream connection too (Linux), and the socket can be used again. */
#include "scenario.h"

int main(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct address addr;
	int listener = listening(2, &addr), fd = connected(SOCK_STREAM, &addr);

	MUST(connect(fd, &none, sizeof(none)));
	MUST(connect(fd, AT(addr)));
	close(fd);
	close(listener);
	return 0;
}
