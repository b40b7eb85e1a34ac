// SPDX-License-Identifier: GPL-2.0-only
/* Rule 40: a recv() of a datagram socket that still waits when the trace ends with its parent. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	char c;
	pid_t child = MUST(fork());

	if (child) {
		wait_blocked(child);
		return 0;
	}
	alarm(10);
	MUST(recv(bound(SOCK_DGRAM, &addr), &c, 1, 0));
	return 0;
}
