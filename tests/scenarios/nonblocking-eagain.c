// SPDX-License-Identifier: GPL-2.0-only
/* Rule 16: O_NONBLOCK and MSG_DONTWAIT: EAGAIN, and nothing changes. */
#include "scenario.h"

int main(void)
{
	int pair[2];
	char buf[16];

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	FAILS(EAGAIN, recv(pair[0], buf, sizeof(buf), MSG_DONTWAIT));
	MUST(fcntl(pair[1], F_SETFL, O_RDWR | O_NONBLOCK));
	FAILS(EAGAIN, read(pair[1], buf, sizeof(buf)));
	close(pair[1]);
	close(pair[0]);
	return 0;
}
