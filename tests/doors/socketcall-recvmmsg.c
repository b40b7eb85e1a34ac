// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 19: recvmmsg() of three messages, with a struct timespec of 32-bit programs, and EAGAIN. */
#include "messages.h"

int main(void)
{
	const int32_t limit[2] = { 5, 0 };
	struct three three;
	int pair[2];

	sub_pair(SOCK_DGRAM, pair);
	three_to_send(&three);
	CHECK(SUB(SYS_SENDMMSG, pair[0], three.vec, 3, 0) == 3);
	three_to_receive(&three);
	CHECK(SUB(SYS_RECVMMSG, pair[1], three.vec, 3, 0, limit) == 3);
	CHECK(three_bytes(&three) == 14);
	FAILS(EAGAIN, SUB(SYS_RECVMMSG, pair[1], three.vec, 3, MSG_DONTWAIT, NULL));
	close_pair(pair);
	return 0;
}
