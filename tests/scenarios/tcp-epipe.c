// SPDX-License-Identifier: GPL-2.0-only
/* Rule 19: the first write to a closed peer is reset, the next is EPIPE. */
#include "scenario.h"

int main(void)
{
	struct tcp t = tcp_connected();

	close(t.server);
	wait_for(t.client, POLLRDHUP);
	CHECK(send(t.client, "x", 1, MSG_NOSIGNAL) == 1);
	wait_for(t.client, POLLHUP);
	FAILS(EPIPE, send(t.client, "y", 1, MSG_NOSIGNAL));
	close(t.client);
	close(t.listener);
	return 0;
}
