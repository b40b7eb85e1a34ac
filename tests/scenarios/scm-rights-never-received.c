// SPDX-License-Identifier: GPL-2.0-only
/* Rule 24: what was in flight ends with the socket that carried it. */
#include "rights.h"

int main(void)
{
	int pair[2], fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
	give(pair[0], fd);
	close(fd);
	close(pair[0]);
	close(pair[1]);
	return 0;
}
