// SPDX-License-Identifier: GPL-2.0-only
/* Rule 40: a read() that still waits when the trace ends with its parent. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	pid_t child = MUST(fork());
	char c;

	if (child) {
		wait_blocked(child);
		return 0;
	}
	alarm(10);
	MUST(read(s.server, &c, 1));
	return 0;
}
