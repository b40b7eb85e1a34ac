// SPDX-License-Identifier: GPL-2.0-only
/* Rule 33: a message that finds the receive queue full is dropped and counted there; a unix sender is told EAGAIN. */
#include "scenario.h"

int main(void)
{
	static const char bytes[8192];
	const int least = 1;
	struct address addr;
	int server = bound(SOCK_DGRAM, &addr), client = connected(SOCK_DGRAM, &addr), i;
	char buf[16];

	MUST(setsockopt(server, SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)));
	for (i = 0; i < (IS_UNIX ? 11 : 3); i++) /* unix(7): max_dgram_qlen is 10 */
		CHECK(send(client, bytes, IS_UNIX ? 1 : sizeof(bytes), MSG_DONTWAIT) >= 1);
	if (IS_UNIX)
		FAILS(EAGAIN, send(client, bytes, 1, MSG_DONTWAIT));
	CHECK(recv(server, buf, sizeof(buf), 0) >= 1);
	CHECK(send(client, "after", 5, 0) == 5);
	while (IS_UNIX && --i)
		CHECK(recv(server, buf, sizeof(buf), 0) == 1);
	CHECK(recv(server, buf, sizeof(buf), 0) == 5);
	FAILS(EAGAIN, recv(server, buf, sizeof(buf), MSG_DONTWAIT));
	close(client);
	close(server);
	return 0;
}
