// SPDX-License-Identifier: GPL-2.0-only
/* Rule 25: both ways over, the descriptor still open; the peer reads the end of file. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	char buf[16];

	MUST(shutdown(s.client, SHUT_RDWR));
	wait_for(s.server, POLLRDHUP);
	CHECK(read(s.server, buf, sizeof(buf)) == 0);
	close_all(&s);
	return 0;
}
