// SPDX-License-Identifier: GPL-2.0-only
/* Rule 24: a receiver without room for it (MSG_CTRUNC) or without a control buffer never gets the descriptor. */
#include "rights.h"

int main(void)
{
	int pair[2], fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	char c;
	struct iovec byte = { .iov_base = &c, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &byte, .msg_iovlen = 1 };

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	give(pair[0], fd);
	close(fd);
	CHECK(recvmsg(pair[1], &msg, 0) == 1 && msg.msg_flags & MSG_CTRUNC);
	fd = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	give(pair[0], fd);
	close(fd);
	CHECK(read(pair[1], &c, 1) == 1);
	close(pair[1]);
	close(pair[0]);
	return 0;
}
