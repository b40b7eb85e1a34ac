// SPDX-License-Identifier: GPL-2.0-only
/* Rules 15, 16: a buffer takes what fits, then nothing. Of a peer that hears nothing it is TCP's own buffer. */
#include "scenario.h"

static char bytes[1 << 20];

int main(void)
{
	const int size = 65536;
	struct stream s = connection();

	MUST(setsockopt(s.client, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)));
	if (!IS_UNIX)
		set_deaf(s.server, true);
	MUST(fcntl(s.client, F_SETFL, O_RDWR | O_NONBLOCK));
	CHECK(write(s.client, bytes, sizeof(bytes)) < (ssize_t)sizeof(bytes));
	FAILS(EAGAIN, write(s.client, bytes, sizeof(bytes)));
	close_all(&s);
	return 0;
}
