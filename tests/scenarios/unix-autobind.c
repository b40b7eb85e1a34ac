// SPDX-License-Identifier: GPL-2.0-only
/* Rule 5, unix(7): bind() with nothing but the family gets an abstract name from the kernel. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(addr);
	int fd = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));

	MUST(bind(fd, SA(addr), sizeof(sa_family_t)));
	MUST(getsockname(fd, SA(addr), &len));
	close(fd);
	return 0;
}
