// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 8: socketpair(), and EOPNOTSUPP. */
#include "socketcall.h"

int main(void)
{
	int pair[2];

	sub_pair(SOCK_SEQPACKET | SOCK_CLOEXEC, pair);
	FAILS(EOPNOTSUPP, SUB(SYS_SOCKETPAIR, AF_INET, SOCK_STREAM, 0, pair));
	close_pair(pair);
	return 0;
}
