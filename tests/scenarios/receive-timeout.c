// SPDX-License-Identifier: GPL-2.0-only
/* Rule 16: SO_RCVTIMEO makes a blocking socket give up with EAGAIN, after its time. */
#include "scenario.h"

int main(void)
{
	const struct timeval soon = { .tv_usec = 20000 };
	struct stream s = connection();
	char c;

	MUST(setsockopt(s.server, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon)));
	FAILS(EAGAIN, read(s.server, &c, 1));
	close_all(&s);
	return 0;
}
