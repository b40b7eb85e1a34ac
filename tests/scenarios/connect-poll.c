// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: poll() tells what became of a connect(). */
#include "learn.h"

static void learn(int fd, const struct address *addr, int err)
{
	(void)addr;
	wait_for(fd, err ? POLLERR : POLLOUT);
}

int main(void)
{
	return connect_both(NULL, learn);
}
