// SPDX-License-Identifier: GPL-2.0-only
/* Rule 20: MSG_WAITALL waits for all of it, or for the end. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	pid_t reader = getpid(), child = MUST(fork());
	char buf[16];

	if (!child) {
		wait_blocked(reader);
		CHECK(write(s.client, "hel", 3) == 3);
		CHECK(write(s.client, "lo", 2) == 2);
		return 0;
	}
	CHECK(recv(s.server, buf, 5, MSG_WAITALL) == 5);
	wait_child(child);
	CHECK(write(s.client, "end", 3) == 3);
	MUST(shutdown(s.client, SHUT_WR));
	CHECK(recv(s.server, buf, 5, MSG_WAITALL) == 3);
	close_all(&s);
	return 0;
}
