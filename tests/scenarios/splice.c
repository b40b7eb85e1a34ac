// SPDX-License-Identifier: GPL-2.0-only
/* Rule 15: splice() from a pipe to a socket, and from a socket to a pipe; not from a pipe to a pipe. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	int in[2], out[2];
	char buf[16];

	MUST(pipe(in));
	MUST(pipe(out));
	CHECK(write(in[1], "hello, pipe", 11) == 11);
	CHECK(splice(in[0], NULL, s.client, NULL, 5, SPLICE_F_MOVE) == 5);
	CHECK(splice(s.server, NULL, out[1], NULL, 100, 0) == 5);
	CHECK(splice(in[0], NULL, out[1], NULL, 100, 0) == 6);
	CHECK(read(out[0], buf, sizeof(buf)) == 11);
	MUST(shutdown(s.client, SHUT_WR));
	wait_for(s.server, POLLRDHUP);
	CHECK(splice(s.server, NULL, out[1], NULL, 100, SPLICE_F_NONBLOCK) == 0);
	close_all(&s);
	return 0;
}
