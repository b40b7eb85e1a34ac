// SPDX-License-Identifier: GPL-2.0-only
/* Rule 30: connect() sets the default peer, another one changes it: a new peer span, no new state. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_in one, two;
	int first = inet_bound(SOCK_DGRAM, &one), second = inet_bound(SOCK_DGRAM, &two);
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	char buf[16];

	MUST(connect(fd, SA(one), sizeof(one)));
	CHECK(write(fd, "one", 3) == 3);
	MUST(connect(fd, SA(two), sizeof(two)));
	CHECK(send(fd, "to two", 6, 0) == 6);
	CHECK(recv(first, buf, sizeof(buf), 0) == 3);
	CHECK(recv(second, buf, sizeof(buf), 0) == 6);
	CHECK(sendto(fd, "1", 1, 0, SA(one), sizeof(one)) == 1);
	CHECK(recv(first, buf, sizeof(buf), 0) == 1);
	close(fd);
	close(second);
	close(first);
	return 0;
}
