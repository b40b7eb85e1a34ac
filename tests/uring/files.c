// SPDX-License-Identifier: GPL-2.0-only
/* io_uring_register() and FILES_UPDATE put sockets into slots and take them out; I/O on them, and on an empty one. */
#include "direct.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct stream s;
	char buf[16];
	int fds[3];

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	memcpy(fds, (int[]){ s.client, -1, s.server }, sizeof(fds));
	CHECK(!io_uring_register_files(&ring.io, fds, 3));
	slots_set(&ring, 0, fds, 3);
	CHECK(DO_DIRECT(&ring, io_uring_prep_send, 0, "first", 5, 0) == 5);
	CHECK(DO_DIRECT(&ring, io_uring_prep_recv, 2, buf, sizeof(buf), 0) == 5);
	memcpy(fds, (int[]){ -1, s.client, -1 }, sizeof(fds));
	slots_fill(&ring, 0, fds, 2); /* the client is in slot 1 now */
	CHECK(DO_DIRECT(&ring, io_uring_prep_write, 1, "second", 6, 0) == 6);
	CHECK(DO_DIRECT(&ring, io_uring_prep_send, 0, "never", 5, 0) == -EBADF);
	memcpy(fds, (int[]){ s.server, s.client, -1 }, sizeof(fds));
	CHECK(DO(&ring, io_uring_prep_files_update, fds, 3, 0) == 3);
	CHECK(DO_DIRECT(&ring, io_uring_prep_read, 0, buf, sizeof(buf), 0) == 6);
	CHECK(DO_DIRECT(&ring, io_uring_prep_recv, 2, buf, sizeof(buf), 0) == -EBADF);
	CHECK(!io_uring_unregister_files(&ring.io));
	close_all(&s);
	return 0;
}
