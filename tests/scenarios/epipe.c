// SPDX-License-Identifier: GPL-2.0-only
/* Rule 19: the first write to a closed peer is reset, the next is EPIPE; unix knows at once. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();

	close(s.server);
	wait_for(s.client, POLLRDHUP);
	if (!IS_UNIX) {
		CHECK(send(s.client, "x", 1, MSG_NOSIGNAL) == 1);
		wait_for(s.client, POLLHUP);
	}
	FAILS(EPIPE, send(s.client, "y", 1, MSG_NOSIGNAL));
	close(s.client);
	close(s.listener);
	return 0;
}
