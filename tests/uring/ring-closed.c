// SPDX-License-Identifier: GPL-2.0-only
/* The ring is closed, with sockets in its slots that nothing else holds: their peers read the end of file. */
#include "direct.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct stream s;
	char buf[16];
	int second;

	families(argc, argv);
	s = connection();
	second = connected(SOCK_STREAM, &s.addr);
	ring_open_slots(&ring, 4);
	slots_fill(&ring, 0, &s.server, 1);
	close(s.server);
	CHECK(!DO(&ring, io_uring_prep_accept_direct, s.listener, NULL, NULL, 0, 2));
	slot_made(&ring, 2);
	CHECK(DO_DIRECT(&ring, io_uring_prep_send, 2, "hello", 5, 0) == 5);
	CHECK(read(second, buf, sizeof(buf)) == 5);
	ring_close(&ring);
	wait_for(s.client, POLLIN); /* a read() that waits would be interrupted by the end of the ring, or not */
	wait_for(second, POLLIN);
	CHECK(!read(s.client, buf, sizeof(buf)));
	CHECK(!read(second, buf, sizeof(buf)));
	close(s.client);
	close(second);
	close(s.listener);
	return 0;
}
