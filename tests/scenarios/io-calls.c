// SPDX-License-Identifier: GPL-2.0-only
/* Rule 15: every call that moves bytes of a stream, its bytes counted once. */
#include "scenario.h"

static struct stream s;
static char in[8], out[] = "abc";
static struct iovec in_iov[2] = { { in, 1 }, { in + 1, 2 } };
static struct iovec out_iov[2] = { { out, 1 }, { out + 1, 2 } };

static void messages(void)
{
	struct msghdr in_msg = { .msg_iov = in_iov, .msg_iovlen = 2 },
		      out_msg = { .msg_iov = out_iov, .msg_iovlen = 2 };
	struct mmsghdr in_msgs[2] = { { .msg_hdr = { .msg_iov = &in_iov[0], .msg_iovlen = 1 } },
				      { .msg_hdr = { .msg_iov = &in_iov[1], .msg_iovlen = 1 } } };
	struct mmsghdr out_msgs[2] = { { .msg_hdr = { .msg_iov = &out_iov[0], .msg_iovlen = 1 } },
				       { .msg_hdr = { .msg_iov = &out_iov[1], .msg_iovlen = 1 } } };

	CHECK(sendmsg(s.client, &out_msg, 0) == 3);
	CHECK(recvmsg(s.server, &in_msg, 0) == 3);
	CHECK(sendmmsg(s.client, out_msgs, 2, 0) == 2);
	CHECK(recvmmsg(s.server, in_msgs, 2, 0, NULL) == 2);
}

int main(void)
{
	s = connection();
	CHECK(write(s.client, out, 3) == 3);
	CHECK(read(s.server, in, 8) == 3);
	CHECK(writev(s.client, out_iov, 2) == 3);
	CHECK(readv(s.server, in_iov, 2) == 3);
	CHECK(pwritev2(s.client, out_iov, 2, -1, 0) == 3);
	CHECK(preadv2(s.server, in_iov, 2, -1, 0) == 3);
	CHECK(preadv2(s.server, in_iov, 2, -1, RWF_NOWAIT) == -1 &&
	      (errno == EAGAIN || errno == EOPNOTSUPP)); /* before Linux 6.4 */
	CHECK(send(s.client, out, 3, 0) == 3);
	CHECK(recv(s.server, in, 2, 0) == 2);
	CHECK(recvfrom(s.server, in, 8, 0, NULL, NULL) == 1);
	messages();
	close_all(&s);
	return 0;
}
