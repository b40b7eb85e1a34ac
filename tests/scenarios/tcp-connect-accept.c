// SPDX-License-Identifier: GPL-2.0-only
/* Rules 10, 11: a connection, both ends, a request and its answer. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr, peer;
	socklen_t len = sizeof(peer);
	int listener = tcp_listener(5, &addr), client = tcp_client(&addr), server;
	char buf[16];

	server = MUST(accept(listener, SA(peer), &len));
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
