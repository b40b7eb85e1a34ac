// SPDX-License-Identifier: GPL-2.0-only
/* Rule 30: a message queued before connect() is still delivered, a later one of a stranger is not: a unix one is told so. */
#include "scenario.h"

int main(void)
{
	struct address addr, one;
	int fd = bound(SOCK_DGRAM, &addr), friend = bound(SOCK_DGRAM, &one);
	int stranger = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	char buf[16];

	CHECK(sendto(stranger, "early", 5, 0, AT(addr)) == 5);
	MUST(connect(fd, AT(one)));
	if (IS_UNIX)
		FAILS(EPERM, sendto(stranger, "late", 4, 0, AT(addr)));
	else
		CHECK(sendto(stranger, "late", 4, 0, AT(addr)) == 4);
	CHECK(recv(fd, buf, sizeof(buf), 0) == 5);
	FAILS(EAGAIN, recv(fd, buf, sizeof(buf), MSG_DONTWAIT));
	close(stranger);
	close(friend);
	close(fd);
	return 0;
}
