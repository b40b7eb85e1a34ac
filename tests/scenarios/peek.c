// SPDX-License-Identifier: GPL-2.0-only
/* Rule 20: MSG_PEEK does not consume: its bytes count once. */
#include "scenario.h"

int main(void)
{
	int pair[2];
	char buf[16];

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(send(pair[0], "hello", 5, 0) == 5);
	CHECK(recv(pair[1], buf, sizeof(buf), MSG_PEEK) == 5);
	CHECK(recv(pair[1], buf, sizeof(buf), 0) == 5);
	close(pair[0]);
	CHECK(recv(pair[1], buf, sizeof(buf), MSG_PEEK) == 0);
	close(pair[1]);
	return 0;
}
