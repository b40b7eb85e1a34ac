// SPDX-License-Identifier: GPL-2.0-only
/* Rule 13: after a blocking failure the next connect() on the same socket starts anew. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int holder = bound(SOCK_STREAM, &addr), fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	FAILS(ECONNREFUSED, connect(fd, AT(addr)));
	MUST(listen(holder, 1));
	MUST(connect(fd, AT(addr)));
	close(fd);
	close(holder);
	return 0;
}
