// SPDX-License-Identifier: GPL-2.0-only
/* Rule 23: a fatal signal closes all, also under a call that blocks. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	pid_t child = MUST(fork());

	if (!child) {
		MUST(accept(listening(1, &addr), NULL, NULL));
		return 0;
	}
	wait_blocked(child);
	MUST(kill(child, SIGKILL));
	wait_child(child);
	return 0;
}
