// SPDX-License-Identifier: GPL-2.0-only
/* Rule 16: the ways not to block, of a socket and of one call: EAGAIN, and nothing changes. */
#include <sys/ioctl.h>

#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	int on = 1, off = 0, fd;
	char buf[16];

	FAILS(EAGAIN, recv(s.client, buf, sizeof(buf), MSG_DONTWAIT));
	MUST(fcntl(s.client, F_SETFL, O_RDWR | O_NONBLOCK));
	FAILS(EAGAIN, read(s.client, buf, sizeof(buf)));
	MUST(ioctl(s.server, FIONBIO, &on));
	FAILS(EAGAIN, read(s.server, buf, sizeof(buf)));
	MUST(ioctl(s.server, FIONBIO, &off));
	CHECK(!(fcntl(s.server, F_GETFL) & O_NONBLOCK));
	fd = MUST(socket(FAMILY, SOCK_DGRAM | SOCK_NONBLOCK, 0));
	FAILS(EAGAIN, read(fd, buf, sizeof(buf)));
	close(fd);
	close_all(&s);
	return 0;
}
