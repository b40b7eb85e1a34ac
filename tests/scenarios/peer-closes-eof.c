// SPDX-License-Identifier: GPL-2.0-only
/* Rule 18: the peer closed, what it sent is read first, then 0. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	char buf[16];

	CHECK(write(s.server, "bye", 3) == 3);
	close(s.server);
	wait_for(s.client, POLLRDHUP);
	CHECK(read(s.client, buf, 2) == 2);
	CHECK(read(s.client, buf, sizeof(buf)) == 1);
	CHECK(read(s.client, buf, sizeof(buf)) == 0);
	close(s.client);
	close(s.listener);
	return 0;
}
