// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 11: sendto() with an address, and EDESTADDRREQ without. */
#include "socketcall.h"

int main(void)
{
	struct address addr;
	int server = sub_bound(SOCK_DGRAM, &addr), client = sub_socket(AF_INET, SOCK_DGRAM);

	FAILS(EDESTADDRREQ, SUB(SYS_SENDTO, client, "hello", 5, 0, NULL, 0));
	CHECK(SUB(SYS_SENDTO, client, "hello", 5, 0, AT(addr)) == 5);
	close(client);
	close(server);
	return 0;
}
