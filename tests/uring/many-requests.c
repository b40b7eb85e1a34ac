// SPDX-License-Identifier: GPL-2.0-only
/* 64 RECVs in progress at once, each on a socket of its own, which complete in another order. */
#include "uring.h"

#define COUNT 64

static struct ring ring;

int main(void)
{
	static char bufs[COUNT][COUNT];
	int pairs[COUNT][2];

	family = AF_UNIX;
	ring_open(&ring, COUNT, 0);
	for (int i = 0; i < COUNT; i++) {
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pairs[i]));
		PREP(&ring, io_uring_prep_recv, pairs[i][1], bufs[i], COUNT, 0);
	}
	submit(&ring);
	for (int i = 0; i < COUNT; i++) {
		int j = (i * 37 + 11) % COUNT;

		CHECK(send(pairs[j][0], bufs[j], j + 1, 0) == j + 1);
		expect(&ring, j + 1, j + 1);
	}
	for (int i = 0; i < COUNT; i++) {
		close(pairs[i][0]);
		close(pairs[i][1]);
	}
	return 0;
}
