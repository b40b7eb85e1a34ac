// SPDX-License-Identifier: GPL-2.0-only
/* Rule 25: SHUT_RD of a unix stream: the peer cannot send any more. It is no state of its own. */
#include "scenario.h"

int main(void)
{
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(shutdown(pair[0], SHUT_RD));
	FAILS(EPIPE, send(pair[1], "x", 1, MSG_NOSIGNAL));
	CHECK(send(pair[0], "x", 1, MSG_NOSIGNAL) == 1);
	MUST(shutdown(pair[0], SHUT_WR));
	close(pair[0]);
	close(pair[1]);
	return 0;
}
