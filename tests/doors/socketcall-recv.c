// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 10: recv(), end of file, and EAGAIN. */
#include "socketcall.h"

int main(void)
{
	char buf[16];
	int pair[2];

	sub_pair(SOCK_STREAM, pair);
	CHECK(SUB(SYS_SEND, pair[0], "hello", 5, 0) == 5);
	CHECK(SUB(SYS_RECV, pair[1], buf, sizeof(buf), 0) == 5);
	FAILS(EAGAIN, SUB(SYS_RECV, pair[1], buf, sizeof(buf), MSG_DONTWAIT));
	close(pair[0]);
	CHECK(SUB(SYS_RECV, pair[1], buf, sizeof(buf), 0) == 0);
	close(pair[1]);
	return 0;
}
