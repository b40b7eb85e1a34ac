// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 16: sendmsg() with an address, with a descriptor, and EDESTADDRREQ. */
#include "../scenarios/rights.h"
#include "messages.h"

int main(void)
{
	union rights rights = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct address addr;
	int server = sub_bound(SOCK_DGRAM, &addr), client = sub_socket(AF_INET, SOCK_DGRAM), pair[2];
	struct iovec parts[2] = { { "good", 4 }, { " day", 4 } };
	struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 2 };

	FAILS(EDESTADDRREQ, SUB(SYS_SENDMSG, client, &msg, 0));
	message_name(&msg, &addr);
	CHECK(SUB(SYS_SENDMSG, client, &msg, MSG_NOSIGNAL) == 8);
	sub_pair(SOCK_DGRAM, pair);
	memcpy(CMSG_DATA(&rights.head), &client, sizeof(client));
	msg = (struct msghdr){
		.msg_iov = parts, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof(rights)
	};
	CHECK(SUB(SYS_SENDMSG, pair[0], &msg, 0) == 4);
	close(client);
	close_pair(pair);
	close(server);
	return 0;
}
