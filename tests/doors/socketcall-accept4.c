// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 18: accept4() with flags, and EINVAL. */
#include "socketcall.h"

int main(void)
{
	struct address addr, peer;
	int listener = sub_listening(&addr), client = sub_connected(SOCK_STREAM, &addr), server;

	FAILS(EINVAL, SUB(SYS_ACCEPT4, listener, INTO(peer), 1));
	server = MUST(SUB(SYS_ACCEPT4, listener, INTO(peer), SOCK_NONBLOCK | SOCK_CLOEXEC));
	CHECK(fcntl(server, F_GETFD) == FD_CLOEXEC);
	close(server);
	close(client);
	close(listener);
	return 0;
}
