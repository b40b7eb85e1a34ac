// SPDX-License-Identifier: GPL-2.0-only
/* Rule 11: killed in a connect() that blocks: the attempt has no outcome but the socket's end. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(0, &addr), first = connected(SOCK_STREAM, &addr);
	pid_t child;

	wait_queue(listener, 1);
	child = MUST(fork());
	if (!child) {
		connected(SOCK_STREAM, &addr);
		return 0;
	}
	wait_blocked(child);
	MUST(kill(child, SIGKILL));
	wait_child(child);
	close(first);
	close(listener);
	return 0;
}
