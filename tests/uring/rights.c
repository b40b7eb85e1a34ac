// SPDX-License-Identifier: GPL-2.0-only
/*
 * SCM_RIGHTS: a socket sent by SENDMSG, closed, and received by RECVMSG in another process, each by a ring of its
 * own.
 */
#include "uring.h"

static struct ring ring;

static union {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int))];
} rights;
static struct iovec byte = { .iov_base = (char[1]){ "" }, .iov_len = 1 };
static struct msghdr msg = {
	.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof(rights)
};

static void give(int over, int fd)
{
	rights.head = (struct cmsghdr){ CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS };
	memcpy(CMSG_DATA(&rights.head), &fd, sizeof(fd));
	ring_open(&ring, 8, 0);
	CHECK(DO(&ring, io_uring_prep_sendmsg, over, &msg, 0) == 1);
}

static int take(int over)
{
	int fd;

	ring_open(&ring, 8, 0);
	CHECK(DO(&ring, io_uring_prep_recvmsg, over, &msg, MSG_CMSG_CLOEXEC) == 1);
	CHECK(rights.head.cmsg_type == SCM_RIGHTS && rights.head.cmsg_len == CMSG_LEN(sizeof(fd)));
	memcpy(&fd, CMSG_DATA(&rights.head), sizeof(fd));
	return fd;
}

int main(int argc, char **argv)
{
	int over[2], told[2], fd;
	struct address addr;
	pid_t child;

	families(argc, argv);
	MUST(pipe(told));
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, over));
	child = MUST(fork());
	if (!child) {
		wait_told(told);
		fd = take(over[1]);
		CHECK(local_of(fd).sa.sa_family == FAMILY);
		CHECK(!DO(&ring, io_uring_prep_close, fd));
		return 0;
	}
	fd = bound(SOCK_DGRAM, &addr);
	give(over[0], fd);
	close(fd);
	tell(told);
	wait_child(child);
	close(over[0]);
	close(over[1]);
	return 0;
}
