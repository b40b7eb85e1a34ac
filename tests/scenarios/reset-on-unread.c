// SPDX-License-Identifier: GPL-2.0-only
/* Rule 26: close() with unread data sends a reset; the peer learns it as ECONNRESET, then end of file. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	char buf[16];

	CHECK(write(s.client, "unread", 6) == 6);
	wait_for(s.server, POLLIN);
	close(s.server);
	wait_for(s.client, POLLERR);
	FAILS(ECONNRESET, read(s.client, buf, sizeof(buf)));
	CHECK(read(s.client, buf, sizeof(buf)) == 0);
	close(s.client);
	close(s.listener);
	return 0;
}
