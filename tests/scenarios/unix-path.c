// SPDX-License-Identifier: GPL-2.0-only
/* Rules 5, 35: a stream by a path; the client has no name; both ends know each other. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_un addr, peer;
	socklen_t len = unix_name(&addr, "sock", 5), peer_len = sizeof(peer);
	int listener = unix_bound(SOCK_STREAM, "sock"), client = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), server;
	char buf[16];

	MUST(listen(listener, 5));
	MUST(connect(client, SA(addr), len));
	server = MUST(accept(listener, SA(peer), &peer_len));
	CHECK(write(client, "hello", 5) == 5);
	CHECK(read(server, buf, sizeof(buf)) == 5);
	close(server);
	CHECK(read(client, buf, sizeof(buf)) == 0);
	close(client);
	close(listener);
	return 0;
}
