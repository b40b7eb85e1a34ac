// SPDX-License-Identifier: GPL-2.0-only
/* Rule 19: EPIPE without MSG_NOSIGNAL is a signal, which ends the process. */
#include "scenario.h"

int main(void)
{
	int pair[2];
	pid_t child = MUST(fork());

	if (child) {
		wait_child(child);
		return 0;
	}
	signal(SIGPIPE, SIG_DFL);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	close(pair[1]);
	CHECK(write(pair[0], "x", 1) == 1);
	return 0;
}
