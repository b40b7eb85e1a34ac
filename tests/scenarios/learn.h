/* SPDX-License-Identifier: GPL-2.0-only */
/* Rule 12: a non-blocking connect() that succeeds and one that is refused, and how the program learns of each. */
#ifndef LEARN_H
#define LEARN_H

#include "scenario.h"

typedef void before_fn(int fd); /* called before the connect() */
typedef void learn_fn(int fd, const struct address *addr, int err);

static inline void connect_and_learn(const struct address *addr, int err, before_fn *before, learn_fn *learn)
{
	int fd = MUST(socket(FAMILY, SOCK_STREAM | SOCK_NONBLOCK, 0));

	if (before)
		before(fd);
	FAILS(EINPROGRESS, connect(fd, AT(*addr)));
	wait_decided(fd);
	learn(fd, addr, err);
	close(fd);
}

static inline int connect_both(before_fn *before, learn_fn *learn)
{
	struct address open, closed;
	int listener = listening(1, &open), holder = bound(SOCK_STREAM, &closed);

	connect_and_learn(&open, 0, before, learn);
	connect_and_learn(&closed, ECONNREFUSED, before, learn);
	close(holder);
	close(listener);
	return 0;
}

#endif
