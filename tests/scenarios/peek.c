// SPDX-License-Identifier: GPL-2.0-only
/* Rule 20: MSG_PEEK does not consume: its bytes count once. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	char buf[16];

	CHECK(send(s.client, "hello", 5, 0) == 5);
	CHECK(recv(s.server, buf, sizeof(buf), MSG_PEEK) == 5);
	CHECK(recv(s.server, buf, sizeof(buf), 0) == 5);
	close(s.client);
	CHECK(recv(s.server, buf, sizeof(buf), MSG_PEEK) == 0);
	close(s.server);
	close(s.listener);
	return 0;
}
