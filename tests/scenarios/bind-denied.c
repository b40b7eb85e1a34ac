// SPDX-License-Identifier: GPL-2.0-only
/* Rule 4: EACCES: a port below 1024, or a directory that belongs to somebody else. */
#include "scenario.h"

int main(void)
{
	struct address addr = IS_UNIX ? any_address() : loopback(80);
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	MUST(seteuid(65534));
	FAILS(EACCES, bind(fd, AT(addr)));
	close(fd);
	return 0;
}
