// SPDX-License-Identifier: GPL-2.0-only
/* Rules 18, 25: the client ends sending, the server still answers. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	char buf[16];

	CHECK(write(s.client, "all", 3) == 3);
	MUST(shutdown(s.client, SHUT_WR));
	wait_for(s.server, POLLRDHUP);
	CHECK(read(s.server, buf, sizeof(buf)) == 3);
	CHECK(read(s.server, buf, sizeof(buf)) == 0);
	CHECK(write(s.server, "got it", 6) == 6);
	close(s.server);
	wait_for(s.client, POLLRDHUP);
	CHECK(read(s.client, buf, sizeof(buf)) == 6);
	CHECK(read(s.client, buf, sizeof(buf)) == 0);
	close(s.client);
	close(s.listener);
	return 0;
}
