// SPDX-License-Identifier: GPL-2.0-only
/* Rule 13: after a blocking failure the next connect() on the same socket starts anew. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr;
	int bound = inet_bound(SOCK_STREAM, &addr), fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

	FAILS(ECONNREFUSED, connect(fd, SA(addr), sizeof(addr)));
	MUST(listen(bound, 1));
	MUST(connect(fd, SA(addr), sizeof(addr)));
	close(fd);
	close(bound);
	return 0;
}
