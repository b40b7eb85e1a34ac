// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 20: sendmmsg() of three messages to an address, and ENOTCONN. */
#include "messages.h"

int main(void)
{
	struct address addr;
	int server = sub_bound(SOCK_DGRAM, &addr), client = sub_socket(AF_INET, SOCK_DGRAM);
	int alone = sub_socket(AF_UNIX, SOCK_DGRAM), i;
	struct three three;

	three_to_send(&three);
	FAILS(ENOTCONN, SUB(SYS_SENDMMSG, alone, three.vec, 3, 0));
	for (i = 0; i < 3; i++)
		message_name(&three.vec[i].msg_hdr, &addr);
	CHECK(SUB(SYS_SENDMMSG, client, three.vec, 3, MSG_NOSIGNAL) == 3);
	CHECK(three_bytes(&three) == 14);
	close(alone);
	close(client);
	close(server);
	return 0;
}
