// SPDX-License-Identifier: GPL-2.0-only
/* Rules 15, 28: the address of a message header, in and out. */
#include "scenario.h"

int main(void)
{
	char buf[16] = "hello";
	struct iovec iov[2] = { { buf, 2 }, { buf + 2, 3 } };
	struct address addr, from;
	int server = bound(SOCK_DGRAM, &addr), client = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	struct msghdr out = { AT(addr), iov, 2, NULL, 0, 0 };
	struct msghdr in = { &from, *address_room(&from), iov, 2, NULL, 0, 0 };

	CHECK(sendmsg(client, &out, MSG_NOSIGNAL) == 5);
	CHECK(recvmsg(server, &in, 0) == 5);
	close(client);
	close(server);
	return 0;
}
