// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: epoll, watching since the connect(), tells what became of it. */
#include "learn-epoll.h"

static void watch_and_learn(int fd, const struct address *addr, int err)
{
	watch(fd);
	learn(fd, addr, err);
}

int main(void)
{
	return connect_both(NULL, watch_and_learn);
}
