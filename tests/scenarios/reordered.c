// SPDX-License-Identifier: GPL-2.0-only
/* Rule 34: a message that is overtaken by a later one. */
#include "wire.h"

int main(void)
{
	const int elsewhere = 99, anywhere = 0; /* interfaces */
	struct address addr;
	int wire = wire_open(), server = bound(SOCK_DGRAM, &addr), client = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	char buf[16];

	without_checksum(server, client);
	MUST(setsockopt(server, SOL_SOCKET, SO_BINDTOIFINDEX, &elsewhere, sizeof(elsewhere)));
	CHECK(sendto(client, "one", 3, 0, AT(addr)) == 3);
	MUST(setsockopt(server, SOL_SOCKET, SO_BINDTOIFINDEX, &anywhere, sizeof(anywhere)));
	CHECK(sendto(client, "second", 6, 0, AT(addr)) == 6);
	put_back(wire);
	CHECK(recv(server, buf, sizeof(buf), 0) == 6);
	CHECK(recv(server, buf, sizeof(buf), 0) == 3);
	close(client);
	close(server);
	close(wire);
	return 0;
}
