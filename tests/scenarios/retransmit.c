// SPDX-License-Identifier: GPL-2.0-only
/* Rule 35b: what the peer does not take is sent again, after 200 ms. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	char c;

	set_deaf(s.server, true);
	CHECK(write(s.client, "x", 1) == 1);
	usleep(20000); /* also where the kernel's own thread delivers it */
	set_deaf(s.server, false);
	CHECK(read(s.server, &c, 1) == 1);
	close_all(&s);
	return 0;
}
