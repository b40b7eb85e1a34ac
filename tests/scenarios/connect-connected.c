// SPDX-License-Identifier: GPL-2.0-only
/* Rule 14: connect() on a connected stream is EISCONN, and changes nothing. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(1, &addr), fd = connected(SOCK_STREAM, &addr);

	FAILS(EISCONN, connect(fd, AT(addr)));
	close(fd);
	close(listener);
	return 0;
}
