// SPDX-License-Identifier: GPL-2.0-only
/* Rule 40: a connect() to a full queue that still waits when the trace ends with its parent. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(0, &addr);
	pid_t child;

	connected(SOCK_STREAM, &addr);
	wait_queue(listener, 1);
	child = MUST(fork());
	if (child) {
		wait_blocked(child);
		return 0;
	}
	alarm(10);
	connected(SOCK_STREAM, &addr);
	return 0;
}
