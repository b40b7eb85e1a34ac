// SPDX-License-Identifier: GPL-2.0-only
/* Rule 21: the parent ends, the child goes on with its socket and ends its life. */
#include "scenario.h"

int main(void)
{
	int pair[2], ready[2];
	pid_t parent;
	char c;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	parent = MUST(fork());
	if (parent) {
		wait_child(parent);
		MUST(wait(NULL));
		return 0;
	}
	MUST(pipe(ready));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	if (MUST(fork())) {
		close(ready[1]);
		return (int)read(ready[0], &c, 1);
	}
	close(pair[1]);
	close(ready[1]);
	CHECK(read(pair[0], &c, 1) == 0); /* the parent's exit closed the other end */
	close(pair[0]);
	return 0;
}
