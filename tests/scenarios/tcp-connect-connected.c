// SPDX-License-Identifier: GPL-2.0-only
/* Rule 14: connect() on a connected stream is EISCONN, and changes nothing. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int listener = tcp_listener(1, &addr), fd = tcp_client(&addr);

	FAILS(EISCONN, connect(fd, SA(addr), sizeof(addr)));
	close(fd);
	close(listener);
	return 0;
}
