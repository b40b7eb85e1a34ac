// SPDX-License-Identifier: GPL-2.0-only
/* Rule 40: an accept() that still waits when the trace ends with its parent. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	pid_t child = MUST(fork());

	if (child) {
		wait_blocked(child);
		return 0;
	}
	alarm(10);
	MUST(accept(listening(1, &addr), NULL, NULL));
	return 0;
}
