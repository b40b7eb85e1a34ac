// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 17: recvmsg() with an address, truncated, with a descriptor, and EAGAIN. */
#include "../scenarios/rights.h"
#include "messages.h"

int main(void)
{
	union rights rights = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct address addr, from;
	int server = sub_bound(SOCK_DGRAM, &addr), client = sub_socket(AF_INET, SOCK_DGRAM), pair[2], taken;
	char buf[8];
	struct iovec part = { .iov_base = buf, .iov_len = 4 };
	struct msghdr msg = { .msg_iov = &part, .msg_iovlen = 1, .msg_name = &from.sa, .msg_namelen = sizeof(from.in) };

	CHECK(SUB(SYS_SENDTO, client, "good day", 8, 0, AT(addr)) == 8);
	CHECK(SUB(SYS_RECVMSG, server, &msg, 0) == 4);
	CHECK(msg.msg_flags == MSG_TRUNC && msg.msg_namelen == sizeof(from.in));
	FAILS(EAGAIN, SUB(SYS_RECVMSG, server, &msg, MSG_DONTWAIT));
	sub_pair(SOCK_DGRAM, pair);
	memcpy(CMSG_DATA(&rights.head), &client, sizeof(client));
	msg = (struct msghdr){
		.msg_iov = &part, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof(rights)
	};
	CHECK(SUB(SYS_SENDMSG, pair[0], &msg, 0) == 4);
	memset(&rights, 0, sizeof(rights));
	CHECK(SUB(SYS_RECVMSG, pair[1], &msg, MSG_CMSG_CLOEXEC) == 4);
	memcpy(&taken, CMSG_DATA(&rights.head), sizeof(taken));
	CHECK(taken > pair[1] && rights.head.cmsg_type == SCM_RIGHTS);
	close(taken);
	close(client);
	close_pair(pair);
	close(server);
	return 0;
}
