// SPDX-License-Identifier: GPL-2.0-only
/* Rule 18: the peer closed, what it sent is read first, then 0. */
#include "scenario.h"

int main(void)
{
	struct tcp t = tcp_connected();
	char buf[16];

	CHECK(write(t.server, "bye", 3) == 3);
	close(t.server);
	wait_for(t.client, POLLRDHUP);
	CHECK(read(t.client, buf, 2) == 2);
	CHECK(read(t.client, buf, sizeof(buf)) == 1);
	CHECK(read(t.client, buf, sizeof(buf)) == 0);
	close(t.client);
	close(t.listener);
	return 0;
}
