// SPDX-License-Identifier: GPL-2.0-only
/* Rule 10: accept() that waits until somebody connects. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(5, &addr), told[2], client;
	pid_t server = getpid(), child;

	MUST(pipe(told));
	child = MUST(fork());
	if (!child) {
		close(listener);
		wait_blocked(server);
		client = connected(SOCK_STREAM, &addr);
		tell(told);
		wait_for(client, POLLRDHUP); /* it stays until the other end goes */
		close(client);
		return 0;
	}
	client = MUST(accept(listener, NULL, NULL));
	wait_told(told);
	close(client);
	close(listener);
	wait_child(child);
	return 0;
}
