// SPDX-License-Identifier: GPL-2.0-only
/* Rule 26: SO_LINGER with 0 makes close() a reset. */
#include "scenario.h"

int main(void)
{
	const struct linger now = { .l_onoff = 1 };
	struct stream s = connection();
	char buf[16];

	MUST(setsockopt(s.server, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	close(s.server);
	wait_for(s.client, POLLERR);
	FAILS(ECONNRESET, read(s.client, buf, sizeof(buf)));
	close(s.client);
	close(s.listener);
	return 0;
}
