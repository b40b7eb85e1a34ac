// SPDX-License-Identifier: GPL-2.0-only
/* Rule 4: port 0 asks the kernel for one, which is shown. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr = loopback(0);
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

	MUST(bind(fd, SA(addr), sizeof(addr)));
	close(fd);
	return 0;
}
