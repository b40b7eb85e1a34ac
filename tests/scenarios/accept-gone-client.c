// SPDX-License-Identifier: GPL-2.0-only
/* Rule 10: a connection whose client is gone is accepted like any other on Linux; ECONNABORTED does not come of it. */
#include "scenario.h"

int main(void)
{
	const struct linger now = { .l_onoff = 1 };
	struct address addr, peer;
	int listener = listening(1, &addr), client = connected(SOCK_STREAM, &addr), server;
	char c;

	wait_queue(listener, 1);
	MUST(setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
	close(client);
	server = MUST(accept(listener, INTO(peer)));
	if (IS_UNIX)
		CHECK(read(server, &c, 1) == 0);
	else
		FAILS(ECONNRESET, read(server, &c, 1));
	close(server);
	close(listener);
	return 0;
}
