// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: a send that succeeds, or a read that fails, is how the program learns what became of its connect(). */
#include "scenario.h"

int main(void)
{
	struct address addr, closed;
	int listener = listening(1, &addr), holder = bound(SOCK_STREAM, &closed);
	int fd = MUST(socket(FAMILY, SOCK_STREAM | SOCK_NONBLOCK, 0)), other;
	char c;

	FAILS(EINPROGRESS, connect(fd, AT(addr)));
	wait_decided(fd);
	CHECK(send(fd, "x", 1, 0) == 1);
	other = MUST(socket(FAMILY, SOCK_STREAM | SOCK_NONBLOCK, 0));
	FAILS(EINPROGRESS, connect(other, AT(closed)));
	wait_decided(other);
	FAILS(ECONNREFUSED, read(other, &c, 1));
	close(other);
	close(fd);
	close(holder);
	close(listener);
	return 0;
}
