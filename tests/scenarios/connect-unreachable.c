// SPDX-License-Identifier: GPL-2.0-only
/* Rule 11: no way there: ENETUNREACH, or no such path. */
#include "scenario.h"

int main(void)
{
	struct address addr = far_address();
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	FAILS(IS_UNIX ? ENOENT : ENETUNREACH, connect(fd, AT(addr)));
	close(fd);
	return 0;
}
