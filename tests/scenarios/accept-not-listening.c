// SPDX-License-Identifier: GPL-2.0-only
/* accept(2): EINVAL on a socket that does not listen. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int fd = bound(SOCK_STREAM, &addr);

	FAILS(EINVAL, accept(fd, NULL, NULL));
	close(fd);
	return 0;
}
