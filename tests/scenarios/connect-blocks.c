// SPDX-License-Identifier: GPL-2.0-only
/* Rules 9, 11, 35b: connect() waits until a full queue has room: TCP sends its SYN again after a second. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(0, &addr), first = connected(SOCK_STREAM, &addr), told[2], client;
	pid_t child;

	wait_queue(listener, 1);
	MUST(pipe(told));
	child = MUST(fork());
	if (!child) {
		client = connected(SOCK_STREAM, &addr);
		tell(told);
		wait_for(client, POLLRDHUP); /* it stays until the other end goes */
		close(client);
		return 0;
	}
	wait_blocked(child);
	close(MUST(accept(listener, NULL, NULL)));
	wait_told(told);
	close(MUST(accept(listener, NULL, NULL)));
	wait_child(child);
	close(first);
	close(listener);
	return 0;
}
