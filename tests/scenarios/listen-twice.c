// SPDX-License-Identifier: GPL-2.0-only
/* Rule 8: a second listen() changes the backlog and no state. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int fd = listening(1, &addr);

	MUST(listen(fd, 10));
	close(fd);
	return 0;
}
