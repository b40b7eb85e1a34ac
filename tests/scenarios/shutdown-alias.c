// SPDX-License-Identifier: GPL-2.0-only
/* Rule 25: shutdown() acts on the socket, whatever other descriptors there are. */
#include "scenario.h"

int main(void)
{
	int pair[2], copy;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	copy = MUST(dup(pair[0]));
	MUST(shutdown(pair[0], SHUT_WR));
	FAILS(EPIPE, send(copy, "x", 1, MSG_NOSIGNAL));
	close(copy);
	close(pair[0]);
	close(pair[1]);
	return 0;
}
