// SPDX-License-Identifier: GPL-2.0-only
/* Rule 9: three wait in the accept queue; two are accepted while a fourth comes; two are never. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(5, &addr), clients[4], i;

	for (i = 0; i < 3; i++)
		clients[i] = connected(SOCK_STREAM, &addr);
	wait_queue(listener, 3);
	close(MUST(accept(listener, NULL, NULL)));
	clients[3] = connected(SOCK_STREAM, &addr);
	wait_queue(listener, 3);
	close(MUST(accept(listener, NULL, NULL)));
	close(listener);
	for (i = 0; i < 4; i++)
		close(clients[i]);
	return 0;
}
