// SPDX-License-Identifier: GPL-2.0-only
/* Rule 20: MSG_OOB: a byte beside the stream. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	char buf[16];
	ssize_t n;

	n = send(s.client, "ab!", 3, MSG_OOB);
	if (n < 0 && errno == EOPNOTSUPP)
		return SKIPPED; /* unix sockets before Linux 5.15 */
	CHECK(n == 3);
	wait_for(s.server, POLLPRI);
	CHECK(recv(s.server, buf, sizeof(buf), MSG_OOB) == 1 && *buf == '!');
	CHECK(recv(s.server, buf, sizeof(buf), 0) == 2);
	FAILS(EINVAL, recv(s.server, buf, sizeof(buf), MSG_OOB));
	close_all(&s);
	return 0;
}
