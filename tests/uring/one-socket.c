// SPDX-License-Identifier: GPL-2.0-only
/* Eight RECVs in progress at once on one socket, and a SEND on it that goes by. */
#include "uring.h"

#define COUNT 8

static struct ring ring;

int main(int argc, char **argv)
{
	int received = 0;
	struct stream s;
	char buf[16];

	families(argc, argv);
	s = connection();
	ring_open(&ring, COUNT, 0);
	for (int i = 0; i < COUNT; i++)
		PREP(&ring, io_uring_prep_recv, s.server, buf, sizeof(buf), 0);
	submit(&ring);
	CHECK(DO(&ring, io_uring_prep_send, s.server, "by", 2, 0) == 2);
	CHECK(read(s.client, buf, sizeof(buf)) == 2);
	for (int i = 1; i <= COUNT; i++) {
		CHECK(send(s.client, "abcdefgh", i, 0) == i);
		received += completion(&ring).res;
	}
	CHECK(received == COUNT * (COUNT + 1) / 2);
	close_all(&s);
	return 0;
}
