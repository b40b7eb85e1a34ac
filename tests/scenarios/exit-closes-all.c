// SPDX-License-Identifier: GPL-2.0-only
/* Rule 23: exit closes what is open. */
#include "scenario.h"

int main(void)
{
	int pair[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(socket(FAMILY, SOCK_DGRAM, 0));
	return 3;
}
