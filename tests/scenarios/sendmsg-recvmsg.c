// SPDX-License-Identifier: GPL-2.0-only
/* Rules 15, 28: the address of a message header, in and out. */
#include "scenario.h"

int main(void)
{
	char buf[16] = "hello";
	struct iovec iov[2] = { { buf, 2 }, { buf + 2, 3 } };
	struct sockaddr_in addr, from;
	struct msghdr out = { .msg_name = &addr, .msg_namelen = sizeof(addr), .msg_iov = iov, .msg_iovlen = 2 };
	struct msghdr in = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = iov, .msg_iovlen = 2 };
	int server = inet_bound(SOCK_DGRAM, &addr), client = MUST(socket(AF_INET, SOCK_DGRAM, 0));

	CHECK(sendmsg(client, &out, MSG_NOSIGNAL) == 5);
	CHECK(recvmsg(server, &in, 0) == 5);
	close(client);
	close(server);
	return 0;
}
