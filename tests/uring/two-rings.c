// SPDX-License-Identifier: GPL-2.0-only
/* Two rings of one process, with requests of equal user_data at the same time. */
#include "uring.h"

static struct ring rings[2];

int main(int argc, char **argv)
{
	char bufs[2][16];
	struct stream s;

	families(argc, argv);
	s = connection();
	for (int i = 0; i < 2; i++) {
		ring_open(&rings[i], 8, 0);
		PREP(&rings[i], io_uring_prep_recv, i ? s.client : s.server, bufs[i], sizeof(bufs[i]), 0)->user_data =
			7;
		CHECK(!i || io_uring_register_ring_fd(&rings[i].io) == 1); /* no descriptor of its own to submit by */
		submit(&rings[i]);
	}
	CHECK(send(s.server, "to the client", 13, 0) == 13);
	expect(&rings[1], 7, 13);
	CHECK(send(s.client, "to the server", 10, 0) == 10);
	expect(&rings[0], 7, 10);
	close_all(&s);
	return 0;
}
