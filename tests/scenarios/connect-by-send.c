// SPDX-License-Identifier: GPL-2.0-only
/* Rule 11, tcp(7): a send with MSG_FASTOPEN connects. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(1, &addr), client = MUST(socket(FAMILY, SOCK_STREAM, 0)), server;
	char buf[16];

	CHECK(sendto(client, "hello", 5, MSG_FASTOPEN, AT(addr)) == 5);
	server = MUST(accept(listener, NULL, NULL));
	CHECK(read(server, buf, sizeof(buf)) == 5);
	close(client);
	wait_for(server, POLLRDHUP);
	close(server);
	close(listener);
	return 0;
}
