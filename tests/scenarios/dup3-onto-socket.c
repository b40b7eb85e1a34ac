// SPDX-License-Identifier: GPL-2.0-only
/* Rule 22: dup3() onto the only descriptor of a connected socket ends the connection. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	int file = MUST(open("/dev/null", O_RDONLY | O_CLOEXEC));
	char c;

	CHECK(dup3(file, s.server, O_CLOEXEC) == s.server);
	wait_for(s.client, POLLRDHUP);
	CHECK(read(s.client, &c, 1) == 0);
	CHECK(dup3(s.client, s.listener, 0) == s.listener);
	close(s.client);
	close(s.server);
	close(s.listener);
	return 0;
}
