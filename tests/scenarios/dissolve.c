// SPDX-License-Identifier: GPL-2.0-only
/* Rule 30: AF_UNSPEC drops the peer, and an address that nobody bound; a send binds anew. */
#include "scenario.h"

int main(void)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct address addr, own;
	int server = bound(SOCK_DGRAM, &addr), fd = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	int named = bound(SOCK_DGRAM, &own);

	MUST(connect(fd, AT(addr)));
	MUST(connect(fd, &none, sizeof(none)));
	FAILS(IS_UNIX ? ENOTCONN : EDESTADDRREQ, send(fd, "x", 1, 0));
	MUST(connect(named, AT(addr)));
	MUST(connect(named, &none, sizeof(none)));
	close(named);
	close(fd);
	close(server);
	return 0;
}
