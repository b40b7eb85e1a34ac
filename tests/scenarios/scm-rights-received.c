// SPDX-License-Identifier: GPL-2.0-only
/* Rule 24: a descriptor received in another process is one more; the socket ends with the last of both. */
#include "rights.h"

int main(void)
{
	int pair[2], fd;
	pid_t child;

	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	child = MUST(fork());
	if (!child) {
		fd = take(pair[1], MSG_CMSG_CLOEXEC);
		CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC);
		close(fd);
		return 0;
	}
	fd = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	give(pair[0], fd);
	wait_child(child);
	close(fd);
	close(pair[1]);
	close(pair[0]);
	return 0;
}
