// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that fail before they begin: what the kernel does not take (EINVAL, EFAULT), and descriptors that are
 * none of a socket.
 */
#include "uring.h"

#define NO_FD 400

static struct ring ring;

int main(int argc, char **argv)
{
	struct address addr;
	char *const nowhere = (char *)16;
	int fd, ends[2];

	families(argc, argv);
	addr = loopback(7);
	fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	MUST(pipe(ends));
	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_nop)->opcode = 200;
	CHECK(result(&ring) == -EINVAL);
	PREP(&ring, io_uring_prep_accept, fd, NULL, NULL, 0)->ioprio = 0x8000;
	CHECK(result(&ring) == -EINVAL);
	PREP(&ring, io_uring_prep_send, fd, "x", 1, 0)->ioprio = 0x8000;
	CHECK(result(&ring) == -EINVAL);
	PREP(&ring, io_uring_prep_recv, fd, nowhere, 1, 0)->flags = 0x80;
	CHECK(result(&ring) == -EINVAL);
	PREP(&ring, io_uring_prep_socket, FAMILY, SOCK_STREAM, 0, 0)->rw_flags = 1;
	CHECK(result(&ring) == -EINVAL);
	PREP(&ring, io_uring_prep_connect, fd, AT(addr))->len = 1;
	CHECK(result(&ring) == -EINVAL);
	PREP(&ring, io_uring_prep_shutdown, fd, SHUT_WR)->off = 1;
	CHECK(result(&ring) == -EINVAL);
	CHECK(DO(&ring, io_uring_prep_connect, fd, (struct sockaddr *)nowhere, sizeof(addr.in)) == -EFAULT);
	CHECK(DO(&ring, io_uring_prep_sendmsg, fd, (struct msghdr *)nowhere, 0) == -EFAULT);
	CHECK(DO(&ring, io_uring_prep_accept, fd, NULL, NULL, 0) == -EINVAL); /* it does not listen */
	CHECK(DO(&ring, io_uring_prep_send, NO_FD, "x", 1, 0) == -EBADF);
	CHECK(DO(&ring, io_uring_prep_close, NO_FD) == -EBADF);
	CHECK(DO(&ring, io_uring_prep_recv, ends[0], nowhere, 1, 0) == -ENOTSOCK);
	CHECK(DO(&ring, io_uring_prep_socket, 77, SOCK_STREAM, 0, 0) == -EAFNOSUPPORT);
	close(fd);
	return 0;
}
