// SPDX-License-Identifier: GPL-2.0-only
/* Rule 8: the backlog asked for and the one after the clamp by somaxconn, 4096 in a new network namespace. */
#include "scenario.h"

int main(void)
{
	struct address addr;

	close(listening(1000000, &addr));
	close(listening(-1, &addr));
	return 0;
}
