// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two multishot RECVs of one user_data in one ring: but for its last, a completion names no request, so that
 * nobody can tell which of them it is of.
 */
#include "buffers.h"

static struct ring ring;

int main(void)
{
	int pairs[2][2];

	family = AF_UNIX;
	ring_open(&ring, 8, 0);
	buffers_register(&ring, BUFFERS);
	for (int i = 0; i < 2; i++) {
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]));
		buffers_select(PREP(&ring, io_uring_prep_recv_multishot, pairs[i][1], NULL, 0, 0));
		ring.io.sq.sqes[i].user_data = 0;
	}
	submit(&ring);
	for (int i = 0; i < 2; i++) {
		CHECK(send(pairs[1][0], "second", 6, 0) == 6);
		expect(&ring, 0, 6);
		CHECK(send(pairs[0][0], "first", 5, 0) == 5);
		expect(&ring, 0, 5);
	}
	for (int i = 0; i < 2; i++) {
		close(pairs[i][0]);
		expect(&ring, 0, 0);
		close(pairs[i][1]);
	}
	return 0;
}
