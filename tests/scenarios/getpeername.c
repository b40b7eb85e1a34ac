// SPDX-License-Identifier: GPL-2.0-only
/* Rule 7: the peer by getpeername(). */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(1, &addr), client = connected(SOCK_STREAM, &addr);

	MUST(getpeername(client, INTO(addr)));
	close(client);
	close(listener);
	return 0;
}
