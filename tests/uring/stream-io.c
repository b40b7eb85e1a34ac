// SPDX-License-Identifier: GPL-2.0-only
/* SENDMSG, RECVMSG, READ, WRITE, READV, WRITEV on a stream, then the end of file. */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	char a[4], b[16];
	struct iovec out[2] = { { "abcd", 4 }, { "efg", 3 } }, in[2] = { { a, sizeof(a) }, { b, sizeof(b) } };
	struct msghdr sent = { .msg_iov = out, .msg_iovlen = 2 }, got = { .msg_iov = in, .msg_iovlen = 2 };
	struct stream s;

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	CHECK(DO(&ring, io_uring_prep_sendmsg, s.client, &sent, 0) == 7);
	CHECK(DO(&ring, io_uring_prep_recvmsg, s.server, &got, 0) == 7 && !memcmp(b, "efg", 3));
	CHECK(DO(&ring, io_uring_prep_write, s.client, "five!", 5, 0) == 5);
	CHECK(DO(&ring, io_uring_prep_read, s.server, b, sizeof(b), 0) == 5);
	CHECK(DO(&ring, io_uring_prep_writev, s.server, out, 2, 0) == 7);
	CHECK(DO(&ring, io_uring_prep_readv, s.client, in, 2, 0) == 7);
	CHECK(!DO(&ring, io_uring_prep_shutdown, s.server, SHUT_WR));
	CHECK(!DO(&ring, io_uring_prep_read, s.client, b, sizeof(b), 0));
	close_all(&s);
	return 0;
}
