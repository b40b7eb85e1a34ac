// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: select() says that a connect() has come to its end; what became of it, SO_ERROR. */
#include <sys/select.h>

#include "learn.h"

static void learn(int fd, const struct address *addr, int err)
{
	struct timeval limit = { .tv_sec = 5 };
	socklen_t len = sizeof(int);
	fd_set set;
	int got;

	(void)addr;
	FD_ZERO(&set);
	FD_SET(fd, &set);
#ifdef SYS__newselect /* i386, where SYS_select takes a struct */
	CHECK(syscall(SYS__newselect, fd + 1, NULL, &set, NULL, &limit) == 1);
#elif defined(SYS_select)
	CHECK(syscall(SYS_select, fd + 1, NULL, &set, NULL, &limit) == 1);
#else
	CHECK(select(fd + 1, NULL, &set, NULL, &limit) == 1);
#endif
	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &got, &len));
	CHECK(got == err);
}

int main(void)
{
	return connect_both(NULL, learn);
}
