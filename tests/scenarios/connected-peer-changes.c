// SPDX-License-Identifier: GPL-2.0-only
/* Rules 30, 31: connect() sets the default peer, another one changes it; an address given with a message still counts. */
#include "scenario.h"

int main(void)
{
	struct address one, two;
	int first = bound(SOCK_DGRAM, &one), second = bound(SOCK_DGRAM, &two);
	int fd = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	char buf[16];

	MUST(connect(fd, AT(one)));
	CHECK(write(fd, "one", 3) == 3);
	MUST(connect(fd, AT(two)));
	CHECK(send(fd, "to two", 6, 0) == 6);
	CHECK(recv(first, buf, sizeof(buf), 0) == 3);
	CHECK(recv(second, buf, sizeof(buf), 0) == 6);
	CHECK(sendto(fd, "1", 1, 0, AT(one)) == 1);
	CHECK(recv(first, buf, sizeof(buf), 0) == 1);
	close(fd);
	close(second);
	close(first);
	return 0;
}
