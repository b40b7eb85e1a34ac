// SPDX-License-Identifier: GPL-2.0-only
/* Rule 30: AF_UNSPEC drops the peer, and an address that nobody bound; a send binds anew. */
#include "scenario.h"

int main(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct sockaddr_in addr, own;
	int server = inet_bound(SOCK_DGRAM, &addr), fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	int bound = inet_bound(SOCK_DGRAM, &own);

	MUST(connect(fd, SA(addr), sizeof(addr)));
	MUST(connect(fd, &none, sizeof(none)));
	FAILS(EDESTADDRREQ, send(fd, "x", 1, 0));
	MUST(connect(bound, SA(addr), sizeof(addr)));
	MUST(connect(bound, &none, sizeof(none)));
	close(bound);
	close(fd);
	close(server);
	return 0;
}
