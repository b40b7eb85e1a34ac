// SPDX-License-Identifier: GPL-2.0-only
/* Rules 18, 25: the client ends sending, the server still answers. */
#include "scenario.h"

int main(void)
{
	struct tcp t = tcp_connected();
	char buf[16];

	CHECK(write(t.client, "all", 3) == 3);
	MUST(shutdown(t.client, SHUT_WR));
	wait_for(t.server, POLLRDHUP);
	CHECK(read(t.server, buf, sizeof(buf)) == 3);
	CHECK(read(t.server, buf, sizeof(buf)) == 0);
	CHECK(write(t.server, "got it", 6) == 6);
	close(t.server);
	wait_for(t.client, POLLRDHUP);
	CHECK(read(t.client, buf, sizeof(buf)) == 6);
	CHECK(read(t.client, buf, sizeof(buf)) == 0);
	close(t.client);
	close(t.listener);
	return 0;
}
