// SPDX-License-Identifier: GPL-2.0-only
/* SCM_RIGHTS from a 64-bit to a 32-bit program, and from that back. */
#include "../scenarios/rights.h"

/* The 32-bit one. */
static int answer(int over)
{
	int fd = take(over, 0), other = MUST(socket(AF_INET, SOCK_DGRAM, 0));

	give(over, other);
	MUST(shutdown(fd, SHUT_WR));
	close(other);
	close(fd);
	close(over);
	return 0;
}

int main(int argc, char **argv)
{
	int pair[2], given[2], taken;
	char number[12];
	pid_t child;

	if (argc > 1)
		return answer(atoi(argv[1]));
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
	MUST(fcntl(pair[1], F_SETFD, 0));
	snprintf(number, sizeof(number), "%d", pair[1]);
	child = MUST(fork());
	if (!child) {
		execl("./both-rights.32", "both-rights.32", number, NULL);
		return 1;
	}
	close(pair[1]);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, given));
	give(pair[0], given[0]);
	taken = take(pair[0], 0);
	wait_child(child);
	close(taken);
	close(given[0]);
	close(given[1]);
	close(pair[0]);
	return 0;
}
