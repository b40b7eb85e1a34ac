// SPDX-License-Identifier: GPL-2.0-only
/* Rule 20, tcp(7): MSG_TRUNC on a TCP stream discards bytes; a unix stream does not know it and copies them. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	char buf[8] = "";

	CHECK(send(s.client, "hello", 5, 0) == 5);
	CHECK(recv(s.server, buf, 3, MSG_TRUNC) == 3);
	CHECK(!*buf == !IS_UNIX);
	CHECK(recv(s.server, buf, sizeof(buf), 0) == 2);
	close_all(&s);
	return 0;
}
