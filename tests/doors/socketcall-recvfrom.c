// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 12: recvfrom() with an address, without, and EAGAIN. */
#include "socketcall.h"

int main(void)
{
	struct address addr, from;
	int server = sub_bound(SOCK_DGRAM, &addr), client = sub_socket(AF_INET, SOCK_DGRAM);
	char buf[16];

	CHECK(SUB(SYS_SENDTO, client, "one", 3, 0, AT(addr)) == 3);
	CHECK(SUB(SYS_SENDTO, client, "three", 5, 0, AT(addr)) == 5);
	CHECK(SUB(SYS_RECVFROM, server, buf, sizeof(buf), 0, INTO(from)) == 3 && from.len == sizeof(from.in));
	CHECK(SUB(SYS_RECVFROM, server, buf, sizeof(buf), 0, NULL, NULL) == 5);
	FAILS(EAGAIN, SUB(SYS_RECVFROM, server, buf, sizeof(buf), MSG_DONTWAIT, INTO(from)));
	close(client);
	close(server);
	return 0;
}
