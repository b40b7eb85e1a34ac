// SPDX-License-Identifier: GPL-2.0-only
/* Rule 6: listen() without bind() shows the port that the kernel chose. */
#include "scenario.h"

int main(void)
{
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

	MUST(listen(fd, 1));
	close(fd);
	return 0;
}
