// SPDX-License-Identifier: GPL-2.0-only
/* Rule 30: once connected, a unix datagram socket takes messages from its peer only: EPERM for others. */
#include "scenario.h"

int main(void)
{
	struct sockaddr_un addr, one;
	socklen_t len = unix_name(&addr, "server", 7), one_len = unix_name(&one, "one", 4);
	int server = unix_bound(SOCK_DGRAM, "server"), friend = unix_bound(SOCK_DGRAM, "one"), stranger;
	char buf[16];

	stranger = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
	CHECK(sendto(stranger, "early", 5, 0, SA(addr), len) == 5);
	MUST(connect(server, SA(one), one_len));
	FAILS(EPERM, sendto(stranger, "late", 4, 0, SA(addr), len));
	CHECK(recv(server, buf, sizeof(buf), 0) == 5);
	close(stranger);
	close(friend);
	close(server);
	return 0;
}
