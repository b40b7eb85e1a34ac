// SPDX-License-Identifier: GPL-2.0-only
/* Rule 25: both ways over, the descriptor still open; the peer reads the end of file. */
#include "scenario.h"

int main(void)
{
	struct tcp t = tcp_connected();
	char buf[16];

	MUST(shutdown(t.client, SHUT_RDWR));
	wait_for(t.server, POLLRDHUP);
	CHECK(read(t.server, buf, sizeof(buf)) == 0);
	close(t.client);
	close(t.server);
	close(t.listener);
	return 0;
}
