// SPDX-License-Identifier: GPL-2.0-only
/* Rule 5, unix(7): bind() with nothing but the family gets an abstract name from the kernel. */
#include "scenario.h"

int main(void)
{
	struct address addr = unix_address("", 0);
	int fd = MUST(socket(FAMILY, SOCK_DGRAM, 0));

	MUST(bind(fd, AT(addr)));
	local_of(fd);
	close(fd);
	return 0;
}
