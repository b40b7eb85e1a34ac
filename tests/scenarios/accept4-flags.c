// SPDX-License-Identifier: GPL-2.0-only
/* Rule 10: flags of the new socket; it does not inherit those of the listener. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(2, &addr), one = connected(SOCK_STREAM, &addr), two = connected(SOCK_STREAM, &addr),
	    server;

	server = MUST(accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
	CHECK(fcntl(server, F_GETFD) == FD_CLOEXEC && fcntl(server, F_GETFL) & O_NONBLOCK);
	close(server);
	close(MUST(accept4(listener, NULL, NULL, 0)));
	FAILS(EINVAL, accept4(listener, NULL, NULL, 1));
	close(two);
	close(one);
	close(listener);
	return 0;
}
