// SPDX-License-Identifier: GPL-2.0-only
/* Rule 6: listen() without bind() shows the port that the kernel chose; a unix socket must have a name. */
#include "scenario.h"

int main(void)
{
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	if (IS_UNIX)
		FAILS(EINVAL, listen(fd, 1));
	else
		MUST(listen(fd, 1));
	close(fd);
	return 0;
}
