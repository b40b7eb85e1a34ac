// SPDX-License-Identifier: GPL-2.0-only
/* Rule 3: two sockets, each the other's peer, connected from birth. */
#include "scenario.h"

int main(void)
{
	int pair[2];
	char buf[16];

	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	CHECK(write(pair[0], "hello", 5) == 5);
	CHECK(read(pair[1], buf, sizeof(buf)) == 5);
	close(pair[1]);
	close(pair[0]);
	return 0;
}
