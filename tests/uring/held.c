// SPDX-License-Identifier: GPL-2.0-only
/*
 * A RECV is in progress when the socket's only descriptor is closed: the request holds the socket, and gets what
 * comes.
 */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct stream s;
	char buf[16], rest[16];

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_recv, s.server, buf, sizeof(buf), 0);
	submit(&ring);
	close(s.server);
	CHECK(send(s.client, "late", 4, 0) == 4);
	expect(&ring, 1, 4);
	CHECK(!recv(s.client, rest, sizeof(rest), 0));
	close(s.client);
	close(s.listener);
	return 0;
}
