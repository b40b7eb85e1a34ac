// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: pselect() says that a connect() has come to its end. */
#include <sys/select.h>

#include "learn.h"

static void learn(int fd, const struct address *addr, int err)
{
	const struct timespec limit = { .tv_sec = 5 };
	fd_set set;

	(void)addr;
	(void)err;
	FD_ZERO(&set);
	FD_SET(fd, &set);
	CHECK(pselect(fd + 1, NULL, &set, NULL, &limit, NULL) == 1);
}

int main(void)
{
	return connect_both(NULL, learn);
}
