// SPDX-License-Identifier: GPL-2.0-only
/* Rule 15: vectors on a socket are its bytes; on a pipe they are not shown. */
#include "scenario.h"

int main(void)
{
	char buf[16] = "hello";
	const struct iovec iov[2] = { { buf, 2 }, { buf + 2, 3 } };
	int pair[2], pipes[2];

	MUST(pipe(pipes));
	CHECK(writev(pipes[1], iov, 2) == 5);
	CHECK(readv(pipes[0], iov, 2) == 5);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(writev(pair[0], iov, 2) == 5);
	CHECK(readv(pair[1], iov, 2) == 5);
	close(pair[1]);
	close(pair[0]);
	close(pipes[1]);
	close(pipes[0]);
	return 0;
}
