// SPDX-License-Identifier: GPL-2.0-only
/* Rules 5, 35: a stream by a path; the client has no name; both ends know each other. */
#include "scenario.h"

int main(void)
{
	struct address addr = unix_address("sock", 5), peer;
	int listener = MUST(socket(FAMILY, SOCK_STREAM, 0)), client = MUST(socket(FAMILY, SOCK_STREAM, 0)), server;
	char buf[16];

	MUST(bind(listener, AT(addr)));
	MUST(listen(listener, 5));
	MUST(connect(client, AT(addr)));
	server = MUST(accept(listener, INTO(peer)));
	CHECK(write(client, "hello", 5) == 5);
	CHECK(read(server, buf, sizeof(buf)) == 5);
	close(server);
	CHECK(read(client, buf, sizeof(buf)) == 0);
	close(client);
	close(listener);
	return 0;
}
