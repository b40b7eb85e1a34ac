// SPDX-License-Identifier: GPL-2.0-only
/* Rule 30: a message queued before connect() is still delivered, a later one of a stranger is not. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in addr, one;
	int fd = inet_bound(SOCK_DGRAM, &addr), friend = inet_bound(SOCK_DGRAM, &one);
	int stranger = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	char buf[16];

	CHECK(sendto(stranger, "early", 5, 0, SA(addr), sizeof(addr)) == 5);
	MUST(connect(fd, SA(one), sizeof(one)));
	CHECK(sendto(stranger, "late", 4, 0, SA(addr), sizeof(addr)) == 4);
	CHECK(recv(fd, buf, sizeof(buf), 0) == 5);
	FAILS(EAGAIN, recv(fd, buf, sizeof(buf), MSG_DONTWAIT));
	close(stranger);
	close(friend);
	close(fd);
	return 0;
}
