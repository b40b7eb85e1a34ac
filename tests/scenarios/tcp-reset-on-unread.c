// SPDX-License-Identifier: GPL-2.0-only
/* Rule 26: close() with unread data sends a reset; the peer learns it as ECONNRESET, then end of file. */
#include "scenario.h"

int main(void)
{
	struct tcp t = tcp_connected();
	char buf[16];

	CHECK(write(t.client, "unread", 6) == 6);
	wait_for(t.server, POLLIN);
	close(t.server);
	wait_for(t.client, POLLERR);
	FAILS(ECONNRESET, read(t.client, buf, sizeof(buf)));
	CHECK(read(t.client, buf, sizeof(buf)) == 0);
	close(t.client);
	close(t.listener);
	return 0;
}
