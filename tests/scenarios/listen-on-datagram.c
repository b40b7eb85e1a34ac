// SPDX-License-Identifier: GPL-2.0-only
/* Rule 8: EOPNOTSUPP, and the socket stays what it was. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int fd = bound(SOCK_DGRAM, &addr);

	FAILS(EOPNOTSUPP, listen(fd, 1));
	close(fd);
	return 0;
}
