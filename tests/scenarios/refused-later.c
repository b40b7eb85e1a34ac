// SPDX-License-Identifier: GPL-2.0-only
/* Rule 31: the answer to a datagram that nobody took comes with a later call. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int gone = bound(SOCK_DGRAM, &addr), fd = MUST(socket(FAMILY, SOCK_DGRAM, 0));

	MUST(connect(fd, AT(addr)));
	close(gone);
	CHECK(send(fd, "anybody", 7, 0) == 7);
	wait_for(fd, POLLERR);
	FAILS(ECONNREFUSED, send(fd, "there", 5, 0));
	CHECK(send(fd, "there", 5, 0) == 5);
	wait_for(fd, POLLERR);
	close(fd);
	return 0;
}
