// SPDX-License-Identifier: GPL-2.0-only
/* The descriptor's number is closed while a slot holds the socket, which goes on until the slot is closed too. */
#include "direct.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct stream s;
	char buf[16];

	families(argc, argv);
	s = connection();
	ring_open_slots(&ring, 4);
	slots_fill(&ring, 2, &s.server, 1);
	close(s.server);
	CHECK(send(s.client, "hello", 5, 0) == 5);
	CHECK(DO_DIRECT(&ring, io_uring_prep_recv, 2, buf, sizeof(buf), 0) == 5);
	CHECK(DO_DIRECT(&ring, io_uring_prep_send, 2, "answer", 6, 0) == 6);
	CHECK(recv(s.client, buf, sizeof(buf), 0) == 6);
	FAILS(EAGAIN, recv(s.client, buf, sizeof(buf), MSG_DONTWAIT));
	CHECK(!DO(&ring, io_uring_prep_close_direct, 2));
	CHECK(!recv(s.client, buf, sizeof(buf), 0));
	close(s.client);
	close(s.listener);
	return 0;
}
