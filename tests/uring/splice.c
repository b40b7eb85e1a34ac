// SPDX-License-Identifier: GPL-2.0-only
/* SPLICE: from a pipe into a socket, and from a socket into a pipe. */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct stream s;
	char buf[16];
	int ends[2];

	families(argc, argv);
	s = connection();
	MUST(pipe(ends));
	ring_open(&ring, 8, 0);
	CHECK(write(ends[1], "from a pipe", 11) == 11);
	CHECK(DO(&ring, io_uring_prep_splice, ends[0], -1, s.client, -1, 11, 0) == 11);
	CHECK(DO(&ring, io_uring_prep_splice, s.server, -1, ends[1], -1, 100, 0) == 11);
	CHECK(read(ends[0], buf, sizeof(buf)) == 11 && !memcmp(buf, "from a pipe", 11));
	close_all(&s);
	return 0;
}
