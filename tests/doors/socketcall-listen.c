// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 4: listen(), and EOPNOTSUPP of a datagram socket. */
#include "socketcall.h"

int main(void)
{
	struct address addr;
	int listener = sub_bound(SOCK_STREAM, &addr), datagram = sub_socket(AF_INET, SOCK_DGRAM);

	MUST(SUB(SYS_LISTEN, listener, -1));
	FAILS(EOPNOTSUPP, SUB(SYS_LISTEN, datagram, 1));
	close(datagram);
	close(listener);
	return 0;
}
