// SPDX-License-Identifier: GPL-2.0-only
/*
 * One socket by both ways: native calls between requests, requests that native calls answer, and numbers used
 * again by the other.
 */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct stream s;
	char buf[16];
	int again;

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_recv, s.server, buf, sizeof(buf), 0);
	submit(&ring);
	CHECK(send(s.client, "native", 6, 0) == 6);
	expect(&ring, 1, 6);
	CHECK(DO(&ring, io_uring_prep_send, s.client, "uring", 5, 0) == 5);
	CHECK(recv(s.server, buf, sizeof(buf), 0) == 5);
	CHECK(!DO(&ring, io_uring_prep_close, s.server));
	again = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	CHECK(again == s.server);
	close(s.client);
	CHECK(DO(&ring, io_uring_prep_socket, FAMILY, SOCK_DGRAM, 0, 0) == s.client);
	close(again);
	CHECK(!DO(&ring, io_uring_prep_close, s.client));
	close(s.listener);
	return 0;
}
