// SPDX-License-Identifier: GPL-2.0-only
/* Rule 34: a message that the network doubles is received twice. */
#include "wire.h"

int main(void)
{
	struct address addr;
	int wire = wire_open(), server = bound(SOCK_DGRAM, &addr), client = connected(SOCK_DGRAM, &addr);
	char buf[16];

	without_checksum(server, client);
	CHECK(send(client, "again", 5, 0) == 5);
	put_back(wire);
	CHECK(recv(server, buf, sizeof(buf), 0) == 5);
	CHECK(recv(server, buf, sizeof(buf), 0) == 5);
	close(client);
	close(server);
	close(wire);
	return 0;
}
