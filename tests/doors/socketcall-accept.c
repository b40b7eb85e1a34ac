// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 5: accept() with and without an address, and EAGAIN. */
#include "socketcall.h"

int main(void)
{
	struct address addr, peer;
	int listener = sub_listening(&addr), client[2], server[2];

	client[0] = sub_connected(SOCK_STREAM, &addr);
	client[1] = sub_connected(SOCK_STREAM, &addr);
	server[0] = MUST(SUB(SYS_ACCEPT, listener, INTO(peer)));
	CHECK(peer.len == sizeof(peer.in) && peer.sa.sa_family == AF_INET);
	server[1] = MUST(SUB(SYS_ACCEPT, listener, NULL, NULL));
	MUST(fcntl(listener, F_SETFL, O_NONBLOCK));
	FAILS(EAGAIN, SUB(SYS_ACCEPT, listener, INTO(peer)));
	close_pair(server);
	close_pair(client);
	close(listener);
	return 0;
}
