// SPDX-License-Identifier: GPL-2.0-only
/* Rule 10: flags of the new socket; it does not inherit those of the listener. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int listener = tcp_listener(2, &addr), one = tcp_client(&addr), two = tcp_client(&addr), server;

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
