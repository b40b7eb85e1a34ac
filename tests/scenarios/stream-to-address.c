// SPDX-License-Identifier: GPL-2.0-only
/* Rule 31: an address given on a connected stream: TCP does not look at it, unix says EISCONN (and EOPNOTSUPP before). */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0));

	if (IS_UNIX) {
		FAILS(EOPNOTSUPP, sendto(fd, "x", 1, MSG_NOSIGNAL, AT(s.addr)));
		FAILS(EISCONN, sendto(s.client, "x", 1, MSG_NOSIGNAL, AT(s.addr)));
	} else {
		FAILS(EPIPE, sendto(fd, "x", 1, MSG_NOSIGNAL, AT(s.addr)));
		CHECK(sendto(s.client, "x", 1, MSG_NOSIGNAL, AT(s.addr)) == 1);
	}
	close(fd);
	close_all(&s);
	return 0;
}
