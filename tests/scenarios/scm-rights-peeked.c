// SPDX-License-Identifier: GPL-2.0-only
/* Rules 20, 24: MSG_PEEK of a message with a descriptor makes one, and receiving the message another. */
#include "rights.h"

int main(void)
{
	int pair[2], fd = MUST(socket(FAMILY, SOCK_STREAM, 0)), peeked, taken;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	give(pair[0], fd);
	close(fd);
	peeked = take(pair[1], MSG_PEEK);
	taken = take(pair[1], 0);
	close(peeked);
	close(taken);
	close(pair[1]);
	close(pair[0]);
	return 0;
}
