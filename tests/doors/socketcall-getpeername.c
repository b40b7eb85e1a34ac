// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 7: getpeername(), and ENOTCONN. */
#include "socketcall.h"

int main(void)
{
	struct address addr, peer;
	int server = sub_bound(SOCK_DGRAM, &addr), client = sub_connected(SOCK_DGRAM, &addr);

	MUST(SUB(SYS_GETPEERNAME, client, INTO(peer)));
	CHECK(peer.in.sin_port == addr.in.sin_port);
	FAILS(ENOTCONN, SUB(SYS_GETPEERNAME, server, INTO(peer)));
	close(client);
	close(server);
	return 0;
}
