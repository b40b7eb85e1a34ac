// SPDX-License-Identifier: GPL-2.0-only
/* Rule 11: nobody listens. The descriptor stays open on a failed socket. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int holder = bound(SOCK_STREAM, &addr), fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	FAILS(ECONNREFUSED, connect(fd, AT(addr)));
	close(fd);
	close(holder);
	return 0;
}
