// SPDX-License-Identifier: GPL-2.0-only
/* IOSQE_IO_DRAIN: a WRITE that is not begun before the RECV in front of it is done. */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct stream s;
	char buf[16];

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_recv, s.server, buf, sizeof(buf), 0);
	PREP(&ring, io_uring_prep_write, s.server, "answer", 6, 0)->flags |= IOSQE_IO_DRAIN;
	submit(&ring);
	FAILS(EAGAIN, recv(s.client, buf, sizeof(buf), MSG_DONTWAIT));
	CHECK(send(s.client, "hello", 5, 0) == 5);
	expect(&ring, 1, 5);
	expect(&ring, 2, 6);
	CHECK(recv(s.client, buf, sizeof(buf), 0) == 6);
	close_all(&s);
	return 0;
}
