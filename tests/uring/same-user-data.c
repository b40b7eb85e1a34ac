// SPDX-License-Identifier: GPL-2.0-only
/* Three RECVs of one user_data in one ring, on three sockets, which complete in the other order. */
#include "uring.h"

#define COUNT 3

static struct ring ring;

int main(void)
{
	char bufs[COUNT][16];
	int pairs[COUNT][2];

	family = AF_UNIX;
	ring_open(&ring, 8, 0);
	for (int i = 0; i < COUNT; i++) {
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]));
		PREP(&ring, io_uring_prep_recv, pairs[i][1], bufs[i], sizeof(bufs[i]), 0)->user_data = 0;
	}
	submit(&ring);
	for (int i = COUNT - 1; i >= 0; i--) {
		for (int j = 0; j < i; j++) /* the others are not done: the log takes the first that may be */
			ring.requests[j].done = true;
		CHECK(send(pairs[i][0], "abcdef", i + 1, 0) == i + 1);
		expect(&ring, 0, i + 1);
		for (int j = 0; j < i; j++)
			ring.requests[j].done = false;
	}
	for (int i = 0; i < COUNT; i++) {
		close(pairs[i][0]);
		close(pairs[i][1]);
	}
	return 0;
}
