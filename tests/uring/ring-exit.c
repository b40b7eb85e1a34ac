// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process ends, with a socket in a slot of its ring that nothing else holds: the peer, in another, reads the end
 * of file.
 */
#include "direct.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct stream s;
	char buf[16];
	int told[2];
	pid_t child;

	families(argc, argv);
	s = connection();
	MUST(pipe(told));
	child = MUST(fork());
	if (!child) {
		close(s.client);
		ring_open_slots(&ring, 4);
		wait_told(told); /* the other process has closed its own */
		slots_fill(&ring, 0, &s.server, 1);
		close(s.server);
		CHECK(DO_DIRECT(&ring, io_uring_prep_send, 0, "hello", 5, 0) == 5);
		_exit(0);
	}
	close(s.server);
	tell(told);
	CHECK(read(s.client, buf, sizeof(buf)) == 5);
	CHECK(!read(s.client, buf, sizeof(buf)));
	wait_child(child);
	close(s.client);
	close(s.listener);
	return 0;
}
