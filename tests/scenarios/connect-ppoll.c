// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: ppoll() tells what became of a connect(). */
#include "learn.h"

static void learn(int fd, const struct address *addr, int err)
{
	const struct timespec limit = { .tv_sec = 5 };
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	(void)addr;
	CHECK(ppoll(&p, 1, &limit, NULL) == 1 && !(p.revents & POLLERR) == !err);
}

int main(void)
{
	return connect_both(NULL, learn);
}
