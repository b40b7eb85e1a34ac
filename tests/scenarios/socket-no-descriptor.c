// SPDX-License-Identifier: GPL-2.0-only
/* Rules 2, 3, 10: EMFILE makes no socket, and leaves a connection where it waits. */
#include <sys/resource.h>

#include "scenario.h"

static void limit(rlim_t descriptors)
{
	const struct rlimit limit = { descriptors, 1024 };

	MUST(setrlimit(RLIMIT_NOFILE, &limit));
}

int main(void)
{
	struct address addr;
	int listener = listening(1, &addr), client = connected(SOCK_STREAM, &addr), pair[2];

	limit(client + 1);
	FAILS(EMFILE, socket(FAMILY, SOCK_STREAM, 0));
	FAILS(EMFILE, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	FAILS(EMFILE, accept(listener, NULL, NULL));
	limit(client + 2);
	FAILS(EMFILE, socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	close(MUST(accept(listener, NULL, NULL)));
	close(client);
	close(listener);
	return 0;
}
