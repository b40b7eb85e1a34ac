// SPDX-License-Identifier: GPL-2.0-only
/* SEND_ZC and SENDMSG_ZC: each has a second completion, which says that the memory is free again, and is no event. */
#include "uring.h"

static struct ring ring;

/* In any order: what was sent, that its memory is free, what was received. */
static void three(int len)
{
	int sent = 0, told = 0, received = 0;

	for (int i = 0; i < 3; i++) {
		struct cqe cqe = completion(&ring);

		if (cqe.flags & IORING_CQE_F_NOTIF)
			told++;
		else if (cqe.flags & IORING_CQE_F_MORE)
			sent += cqe.res;
		else
			received += cqe.res;
	}
	CHECK(sent == len && told == 1 && received == len);
}

int main(int argc, char **argv)
{
	struct iovec iov = { .iov_base = "message", .iov_len = 7 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	char buf[16];
	struct stream s;

	families(argc, argv);
	need(IORING_OP_SENDMSG_ZC);
	s = connection();
	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_send_zc, s.client, "hello", 5, 0, 0);
	submit(&ring);
	PREP(&ring, io_uring_prep_recv, s.server, buf, sizeof(buf), 0);
	submit(&ring);
	three(5);
	PREP(&ring, io_uring_prep_sendmsg_zc, s.client, &msg, 0);
	submit(&ring);
	PREP(&ring, io_uring_prep_recv, s.server, buf, sizeof(buf), 0);
	submit(&ring);
	three(7);
	close_all(&s);
	return 0;
}
