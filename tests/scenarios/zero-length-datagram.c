// SPDX-License-Identifier: GPL-2.0-only
/* Rule 29: a message of no bytes is a message, not an end. */
#include "scenario.h"

int main(void)
{
	int pair[2];
	char buf[16];

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	CHECK(send(pair[0], "", 0, 0) == 0);
	CHECK(send(pair[0], "x", 1, 0) == 1);
	CHECK(recv(pair[1], buf, sizeof(buf), 0) == 0);
	CHECK(recv(pair[1], buf, sizeof(buf), 0) == 1);
	close(pair[1]);
	close(pair[0]);
	return 0;
}
