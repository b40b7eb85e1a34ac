// SPDX-License-Identifier: GPL-2.0-only
/* i386 call 427, io_uring_register: a socket gets a direct descriptor, which keeps it when its other one is closed. */
#include <linux/io_uring.h>

#include "door.h"

int main(void)
{
	struct io_uring_params params = {};
	int ring = DOOR(SYS_io_uring_setup, 1, &params), fd;

	if (ring < 0 && (errno == ENOSYS || errno == EPERM))
		return SKIPPED;
	MUST(ring);
	fd = MUST(DOOR(SYS_socket, AF_UNIX, SOCK_STREAM, 0));
	MUST(DOOR(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &fd, 1));
	MUST(DOOR(SYS_close, fd));
	MUST(DOOR(SYS_io_uring_register, ring, IORING_UNREGISTER_FILES, NULL, 0));
	FAILS(ENXIO, DOOR(SYS_io_uring_register, ring, IORING_UNREGISTER_FILES, NULL, 0));
	close(ring);
	return 0;
}
