// SPDX-License-Identifier: GPL-2.0-only
/* Rule 25: shutdown() acts on the socket, whatever other descriptors there are. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	int copy = MUST(dup(s.client));

	MUST(shutdown(s.client, SHUT_WR));
	FAILS(EPIPE, send(copy, "x", 1, MSG_NOSIGNAL));
	wait_for(s.server, POLLRDHUP);
	close(copy);
	close_all(&s);
	return 0;
}
