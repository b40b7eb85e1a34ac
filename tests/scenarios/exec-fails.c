// SPDX-License-Identifier: GPL-2.0-only
/* Rule 23: an exec() that fails closes nothing. */
#include "scenario.h"

int main(void)
{
	int fd = MUST(socket(FAMILY, SOCK_STREAM | SOCK_CLOEXEC, 0));

	FAILS(ENOENT, execl("no-such-program", "no-such-program", NULL));
	close(fd);
	return 0;
}
