// SPDX-License-Identifier: GPL-2.0-only
/* contract.md, events: every call of the network on whatever descriptor; others only on a socket. */
#include "scenario.h"

int main(void)
{
	int file = MUST(open("/dev/null", O_RDWR | O_CLOEXEC));
	char c = 0;

	FAILS(ENOTSOCK, listen(file, 1));
	FAILS(ENOTSOCK, send(file, &c, 1, 0));
	FAILS(EBADF, connect(99, NULL, 0));
	CHECK(write(file, &c, 1) == 1);
	close(file);
	return 0;
}
