// SPDX-License-Identifier: GPL-2.0-only
/* Rule 29, udp(7): one send of several datagrams (UDP_SEGMENT), received singly, and several in one receive (UDP_GRO). */
#include <netinet/udp.h>

#include "scenario.h"

int main(void)
{
	const int size = 100, on = 1;
	struct address addr;
	int server = bound(SOCK_DGRAM, &addr), client = connected(SOCK_DGRAM, &addr);
	char bytes[250] = "";

	MUST(setsockopt(client, SOL_UDP, UDP_SEGMENT, &size, sizeof(size)));
	CHECK(send(client, bytes, sizeof(bytes), 0) == 250);
	CHECK(recv(server, bytes, sizeof(bytes), 0) == 100);
	CHECK(recv(server, bytes, sizeof(bytes), 0) == 100);
	CHECK(recv(server, bytes, sizeof(bytes), 0) == 50);
	MUST(setsockopt(server, SOL_UDP, UDP_GRO, &on, sizeof(on)));
	CHECK(send(client, bytes, sizeof(bytes), 0) == 250);
	if (recv(server, bytes, sizeof(bytes), 0) == 100)
		return SKIPPED; /* the loopback device cuts it up, as in Linux 5.10 */
	close(client);
	close(server);
	return 0;
}
