// SPDX-License-Identifier: GPL-2.0-only
/* Rule 4: EADDRINUSE, EADDRNOTAVAIL, EINVAL of a second bind(): each leaves the socket as it was. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr, other = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000201) };
	int bound = inet_bound(SOCK_STREAM, &addr), fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

	FAILS(EADDRINUSE, bind(fd, SA(addr), sizeof(addr)));
	FAILS(EADDRNOTAVAIL, bind(fd, SA(other), sizeof(other)));
	FAILS(EINVAL, bind(bound, SA(addr), sizeof(addr)));
	close(fd);
	close(bound);
	return 0;
}
