// SPDX-License-Identifier: GPL-2.0-only
/* Rules 15, 28: several messages in one call, each counted. */
#include "scenario.h"

int main(void)
{
	char one[] = "one", three[] = "three", buf[2][16];
	struct iovec out[2] = { { one, 3 }, { three, 5 } }, in[2] = { { buf[0], 16 }, { buf[1], 16 } };
	struct address addr;
	int server = bound(SOCK_DGRAM, &addr), client = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	struct mmsghdr to[2] = { { .msg_hdr = { AT(addr), &out[0], 1, NULL, 0, 0 } },
				 { .msg_hdr = { AT(addr), &out[1], 1, NULL, 0, 0 } } };
	struct mmsghdr from[2] = { { .msg_hdr = { NULL, 0, &in[0], 1, NULL, 0, 0 } },
				   { .msg_hdr = { NULL, 0, &in[1], 1, NULL, 0, 0 } } };

	CHECK(sendmmsg(client, to, 2, 0) == 2);
	CHECK(recvmmsg(server, from, 2, MSG_WAITFORONE, NULL) == 2 && from[1].msg_len == 5);
	close(client);
	close(server);
	return 0;
}
