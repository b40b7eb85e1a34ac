// SPDX-License-Identifier: GPL-2.0-only
/* Rule 25: SHUT_RD is no state of its own. The peer of a unix stream cannot send any more, that of a TCP one can. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	char c;

	MUST(shutdown(s.client, SHUT_RD));
	CHECK(read(s.client, &c, 1) == 0);
	if (IS_UNIX)
		FAILS(EPIPE, send(s.server, "x", 1, MSG_NOSIGNAL));
	else
		CHECK(send(s.server, "x", 1, MSG_NOSIGNAL) == 1);
	CHECK(send(s.client, "x", 1, MSG_NOSIGNAL) == 1);
	CHECK(read(s.server, &c, 1) == 1);
	MUST(shutdown(s.client, SHUT_WR));
	close_all(&s);
	return 0;
}
