// SPDX-License-Identifier: GPL-2.0-only
/* Rule 17: FIONREAD (SIOCINQ) of a stream is all that is unread, SIOCOUTQ what the peer has not taken. */
#include <linux/sockios.h>
#include <sys/ioctl.h>

#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	char buf[4];
	int n;

	CHECK(!ioctl(s.server, FIONREAD, &n) && n == 0);
	CHECK(send(s.client, "hello", 5, 0) == 5);
	CHECK(send(s.client, "you", 3, 0) == 3);
	CHECK(!ioctl(s.server, FIONREAD, &n) && n == 8);
	CHECK(read(s.server, buf, sizeof(buf)) == 4);
	CHECK(!ioctl(s.server, SIOCINQ, &n) && n == 4);
	CHECK(!ioctl(s.server, SIOCOUTQ, &n) && n == 0);
	if (!IS_UNIX) {
		set_deaf(s.server, true);
		CHECK(send(s.client, "lost", 4, 0) == 4);
		CHECK(!ioctl(s.client, SIOCOUTQ, &n) && n == 4);
	}
	FAILS(EINVAL, ioctl(s.listener, SIOCINQ, &n));
	close_all(&s);
	return 0;
}
