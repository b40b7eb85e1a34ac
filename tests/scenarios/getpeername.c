// SPDX-License-Identifier: GPL-2.0-only
/* Rule 7: the peer by getpeername(). */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);
	int listener = tcp_listener(1, &addr), client = tcp_client(&addr);

	MUST(getpeername(client, SA(addr), &len));
	close(client);
	close(listener);
	return 0;
}
