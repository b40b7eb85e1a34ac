// SPDX-License-Identifier: GPL-2.0-only
/* Rule 29: a buffer too small truncates, and the program that did not ask is not told the real length. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int server = bound(SOCK_DGRAM, &addr), client = connected(SOCK_DGRAM, &addr), i;
	char buf[4];
	struct iovec iov[2] = { { buf, 1 }, { buf + 1, 2 } };
	struct mmsghdr msgs[2] = { { .msg_hdr = { .msg_iov = iov, .msg_iovlen = 2 } },
				   { .msg_hdr = { .msg_iov = iov, .msg_iovlen = 1 } } };

	for (i = 0; i < 5; i++)
		CHECK(send(client, "too long", 8, 0) == 8);
	CHECK(read(server, buf, 4) == 4);
	CHECK(readv(server, iov, 2) == 3);
	CHECK(recv(server, buf, 0, 0) == 0);
	CHECK(recvmmsg(server, msgs, 2, 0, NULL) == 2);
	close(client);
	close(server);
	return 0;
}
