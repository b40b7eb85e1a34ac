// SPDX-License-Identifier: GPL-2.0-only
/*
 * i386 calls of descriptors: 41 dup, 63 dup2, 330 dup3, 55 fcntl, 221 fcntl64, 54 ioctl, 436 close_range, 438 pidfd_getfd.
 */
#include <sys/ioctl.h>

#include "door.h"

static void controls(int fd)
{
	int unread = -1, on = 1;

	CHECK(DOOR(SYS_fcntl, fd, F_GETFD) == FD_CLOEXEC);
	MUST(DOOR(SYS_fcntl, fd, F_SETFL, O_RDWR | O_NONBLOCK));
	FAILS(EINVAL, DOOR(SYS_fcntl, fd, 9999, 0));
	CHECK(DOOR(SYS_fcntl64, fd, F_GETFL) == (O_RDWR | O_NONBLOCK));
	MUST(DOOR(SYS_fcntl64, fd, F_SETFD, 0));
	FAILS(EINVAL, DOOR(SYS_fcntl64, fd, F_DUPFD, -1));
	MUST(DOOR(SYS_ioctl, fd, FIONREAD, &unread));
	CHECK(unread == 0);
	MUST(DOOR(SYS_ioctl, fd, FIONBIO, &on));
	FAILS(ENOTTY, DOOR(SYS_ioctl, fd, 0x5401 /* TCGETS */, &on));
}

static void aliases(int fd, int other)
{
	CHECK(DOOR(SYS_dup, fd) == 5);
	CHECK(DOOR(SYS_dup2, fd, 6) == 6);
	CHECK(DOOR(SYS_dup2, other, 6) == 6);
	CHECK(DOOR(SYS_dup3, fd, 7, O_CLOEXEC) == 7);
	FAILS(EINVAL, DOOR(SYS_dup3, fd, fd, 0));
	FAILS(EBADF, DOOR(SYS_dup2, fd, -1));
	CHECK(DOOR(SYS_fcntl, fd, F_DUPFD, 10) == 10);
	CHECK(DOOR(SYS_fcntl64, fd, F_DUPFD_CLOEXEC, 10) == 11);
}

int main(void)
{
	int pair[2], pidfd;

	MUST(DOOR(SYS_socketpair, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair));
	controls(pair[0]);
	aliases(pair[0], pair[1]);
	pidfd = MUST(DOOR(SYS_pidfd_open, getpid(), 0));
	CHECK(DOOR(SYS_pidfd_getfd, pidfd, pair[1], 0) == 9);
	FAILS(EBADF, DOOR(SYS_pidfd_getfd, pidfd, 99, 0));
	MUST(DOOR(SYS_close_range, 10, -1, CLOSE_RANGE_CLOEXEC));
	MUST(DOOR(SYS_close_range, 5, -1, 0));
	FAILS(EINVAL, DOOR(SYS_close_range, 4, 3, 0));
	MUST(DOOR(SYS_close, pair[1]));
	MUST(DOOR(SYS_close, pair[0]));
	return 0;
}
