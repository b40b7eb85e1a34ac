// SPDX-License-Identifier: GPL-2.0-only
/* Rule 29: a buffer too small: recvmsg() says so by MSG_TRUNC in msg_flags; asked for, recv() returns the real length. */
#include "scenario.h"

int main(void)
{
	char buf[4];
	struct iovec iov = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct address addr;
	int server = bound(SOCK_DGRAM, &addr), client = MUST(socket(FAMILY, SOCK_DGRAM, 0));

	MUST(connect(client, AT(addr)));
	CHECK(send(client, "longer", 6, 0) == 6);
	CHECK(recvmsg(server, &msg, 0) == 4 && msg.msg_flags & MSG_TRUNC);
	CHECK(send(client, "longest", 7, 0) == 7);
	CHECK(recv(server, buf, sizeof(buf), MSG_TRUNC) == 7);
	CHECK(send(client, "fits", 4, 0) == 4);
	CHECK(recvmsg(server, &msg, 0) == 4 && !(msg.msg_flags & MSG_TRUNC));
	close(client);
	close(server);
	return 0;
}
