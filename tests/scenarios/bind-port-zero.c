// SPDX-License-Identifier: GPL-2.0-only
/* Rule 4: port 0 asks the kernel for one, which is shown. */
#include "scenario.h"

int main(void)
{
	struct address addr = any_address();
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	MUST(bind(fd, AT(addr)));
	close(fd);
	return 0;
}
