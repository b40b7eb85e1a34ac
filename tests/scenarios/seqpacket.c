// SPDX-License-Identifier: GPL-2.0-only
/* Rules 29, 35: a seqpacket connection: both ends know each other, messages keep their bounds. */
#include "scenario.h"

int main(void)
{
	struct address addr = any_address();
	int listener = MUST(socket(FAMILY, SOCK_SEQPACKET, 0)), client, server;
	char buf[4];

	MUST(bind(listener, AT(addr)));
	MUST(listen(listener, 1));
	client = connected(SOCK_SEQPACKET, &addr);
	server = MUST(accept(listener, NULL, NULL));
	CHECK(send(client, "longer", 6, MSG_EOR) == 6);
	CHECK(send(client, "two", 3, 0) == 3);
	CHECK(recv(server, buf, sizeof(buf), 0) == 4);
	CHECK(recv(server, buf, sizeof(buf), 0) == 3);
	close(client);
	CHECK(recv(server, buf, sizeof(buf), 0) == 0);
	close(server);
	close(listener);
	return 0;
}
