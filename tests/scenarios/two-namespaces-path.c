// SPDX-License-Identifier: GPL-2.0-only
/* Rule 35: a path leads out of a network namespace. */
#include <sched.h>

#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(1, &addr), client, server;

	MUST(unshare(CLONE_NEWNET));
	client = connected(SOCK_STREAM, &addr);
	server = MUST(accept(listener, NULL, NULL));
	close(client);
	close(server);
	close(listener);
	return 0;
}
