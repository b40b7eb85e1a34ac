// SPDX-License-Identifier: GPL-2.0-only
/* Rules 10, 11: a connection, both ends, a request and its answer. */
#include "scenario.h"

int main(void)
{
	struct address addr, peer;
	int listener = listening(5, &addr), client = connected(SOCK_STREAM, &addr), server;
	char buf[16];

	server = MUST(accept(listener, INTO(peer)));
	CHECK(write(client, "hello", 5) == 5);
	CHECK(read(server, buf, sizeof(buf)) == 5);
	CHECK(send(server, "good day", 8, 0) == 8);
	CHECK(recv(client, buf, sizeof(buf), 0) == 8);
	close(client);
	wait_for(server, POLLRDHUP);
	CHECK(read(server, buf, sizeof(buf)) == 0);
	close(server);
	close(listener);
	return 0;
}
