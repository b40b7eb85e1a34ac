// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 9: send(), and EPIPE. */
#include "socketcall.h"

int main(void)
{
	int pair[2];

	sub_pair(SOCK_STREAM, pair);
	CHECK(SUB(SYS_SEND, pair[0], "hello", 5, MSG_NOSIGNAL) == 5);
	close(pair[1]);
	FAILS(EPIPE, SUB(SYS_SEND, pair[0], "lost", 4, MSG_NOSIGNAL));
	close(pair[0]);
	return 0;
}
