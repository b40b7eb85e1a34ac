// SPDX-License-Identifier: GPL-2.0-only
/* RECVMSG, multishot, of datagrams with their senders' addresses, then cancelled. Each result has a header in front. */
#include "buffers.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct msghdr msg = { .msg_namelen = sizeof(struct sockaddr_storage) };
	const int header = sizeof(struct io_uring_recvmsg_out) + sizeof(struct sockaddr_storage);
	struct address addr, from;
	struct cqe cqe;
	int server, client;

	families(argc, argv);
	server = bound(SOCK_DGRAM, &addr);
	client = bound(SOCK_DGRAM, &from);
	ring_open(&ring, 8, 0);
	buffers_register(&ring, BUFFERS);
	buffers_select(PREP(&ring, io_uring_prep_recvmsg_multishot, server, &msg, 0));
	submit(&ring);
	for (int i = 1; i <= 3; i++) {
		CHECK(sendto(client, "abcdef", i, 0, AT(addr)) == i);
		cqe = completion(&ring);
		if (cqe.res == -EINVAL)
			return SKIPPED;
		CHECK(cqe.res == header + i && cqe.flags & IORING_CQE_F_MORE);
	}
	PREP(&ring, io_uring_prep_cancel64, 1, 0);
	submit(&ring);
	for (int i = 0; i < 2; i++) {
		cqe = completion(&ring);
		CHECK(cqe.res == (cqe.user_data == 1 ? -ECANCELED : 0));
	}
	close(client);
	close(server);
	return 0;
}
