// SPDX-License-Identifier: GPL-2.0-only
/* Rules 15, 16: the time of a read() is what it waited. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	pid_t reader = getpid(), child = MUST(fork());
	char c;

	if (!child) {
		wait_blocked(reader);
		CHECK(write(s.client, "x", 1) == 1);
		return 0;
	}
	CHECK(read(s.server, &c, 1) == 1);
	wait_child(child);
	close_all(&s);
	return 0;
}
