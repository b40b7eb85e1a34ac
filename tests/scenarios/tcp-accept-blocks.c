// SPDX-License-Identifier: GPL-2.0-only
/* Rule 10: accept() that waits until somebody connects. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int listener = tcp_listener(5, &addr), client;
	pid_t server = getpid(), child = MUST(fork());

	if (!child) {
		close(listener);
		wait_blocked(server);
		client = tcp_client(&addr);
		wait_for(client, POLLRDHUP); /* it stays until the other end goes */
		close(client);
		return 0;
	}
	close(MUST(accept(listener, NULL, NULL)));
	close(listener);
	wait_child(child);
	return 0;
}
