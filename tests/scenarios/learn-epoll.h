/* SPDX-License-Identifier: GPL-2.0-only */
/* Rule 12: what epoll says of a connect(). */
#ifndef LEARN_EPOLL_H
#define LEARN_EPOLL_H

#include <sys/epoll.h>

#include "learn.h"

static int set = -1;

static void watch(int fd)
{
	struct epoll_event event = { .events = EPOLLOUT };

	set = MUST(epoll_create1(EPOLL_CLOEXEC));
	MUST(epoll_ctl(set, EPOLL_CTL_ADD, fd, &event));
}

static void learn(int fd, const struct address *addr, int err)
{
	struct epoll_event event;

	(void)fd;
	(void)addr;
	CHECK(epoll_wait(set, &event, 1, 5000) == 1 && !(event.events & EPOLLERR) == !err);
	close(set);
}

#endif
