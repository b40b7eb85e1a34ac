// SPDX-License-Identifier: GPL-2.0-only
/* Rule 26: SO_LINGER with 0 makes close() a reset. */
#include "scenario.h"

int main(void)
{
	const struct linger now = { .l_onoff = 1 };
	struct tcp t = tcp_connected();
	char buf[16];

	MUST(setsockopt(t.server, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	close(t.server);
	wait_for(t.client, POLLERR);
	FAILS(ECONNRESET, read(t.client, buf, sizeof(buf)));
	close(t.client);
	close(t.listener);
	return 0;
}
