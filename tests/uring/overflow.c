// SPDX-License-Identifier: GPL-2.0-only
/* More completions than the ring has room for: the kernel keeps the rest, and none is lost. */
#include "uring.h"

#define COUNT 12

static struct ring ring;

int main(int argc, char **argv)
{
	struct stream s;
	char buf[128];

	families(argc, argv);
	s = connection();
	ring_open(&ring, 2, 0);
	for (int i = 1; i <= COUNT; i++) {
		PREP(&ring, io_uring_prep_send, s.client, "abcdefghijklmnop", i, 0);
		submit(&ring);
	}
	for (int i = 1; i <= COUNT; i++)
		expect(&ring, i, i);
	CHECK(recv(s.server, buf, COUNT * (COUNT + 1) / 2, MSG_WAITALL) == COUNT * (COUNT + 1) / 2);
	close_all(&s);
	return 0;
}
