// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: a second connect() tells what became of the first: one attempt. */
#include "learn.h"

static void learn(int fd, const struct address *addr, int err)
{
	if (err)
		FAILS(err, connect(fd, AT(*addr)));
	else
		MUST(connect(fd, AT(*addr)));
}

int main(void)
{
	return connect_both(NULL, learn);
}
