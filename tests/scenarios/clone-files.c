// SPDX-License-Identifier: GPL-2.0-only
/* Rule 21: two processes with one descriptor table (CLONE_FILES): what one opens the other closes. */
#include <sched.h>

#include "scenario.h"

static int opens(void *fds)
{
	close(((int *)fds)[0]);
	((int *)fds)[1] = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	return 0;
}

int main(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	int fds[2] = { MUST(socket(FAMILY, SOCK_STREAM, 0)), -1 };

	wait_child(MUST(clone(opens, stack + sizeof(stack), CLONE_FILES | CLONE_VM | SIGCHLD, fds)));
	CHECK(fds[1] == fds[0]);
	close(fds[1]);
	return 0;
}
