// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 13: shutdown(), and ENOTCONN. */
#include "socketcall.h"

int main(void)
{
	int pair[2], alone = sub_socket(AF_INET, SOCK_STREAM);

	sub_pair(SOCK_STREAM, pair);
	MUST(SUB(SYS_SHUTDOWN, pair[0], SHUT_WR));
	MUST(SUB(SYS_SHUTDOWN, pair[0], SHUT_RD));
	FAILS(ENOTCONN, SUB(SYS_SHUTDOWN, alone, SHUT_RDWR));
	close_pair(pair);
	close(alone);
	return 0;
}
