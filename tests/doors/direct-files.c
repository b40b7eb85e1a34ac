// SPDX-License-Identifier: GPL-2.0-only
/* i386 calls between sockets and other files: 187 sendfile, 239 sendfile64, 313 splice; 360 socketpair. */
#include "door.h"

int main(void)
{
	int file = MUST(memfd_create("file", MFD_CLOEXEC)), pair[2], ends[2];
	int32_t from = 1;
	int64_t from64 = 2;
	char buf[16];

	CHECK(write(file, "hello", 5) == 5);
	FAILS(EOPNOTSUPP, DOOR(SYS_socketpair, AF_INET, SOCK_STREAM, 0, pair));
	MUST(DOOR(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(DOOR(SYS_sendfile, pair[0], file, &from, 100) == 4 && from == 5);
	CHECK(DOOR(SYS_sendfile64, pair[0], file, &from64, 100) == 3 && from64 == 5);
	FAILS(EBADF, DOOR(SYS_sendfile, pair[0], 99, NULL, 100));
	FAILS(EBADF, DOOR(SYS_sendfile64, pair[0], 99, NULL, 100));
	MUST(pipe2(ends, O_CLOEXEC));
	CHECK(DOOR(SYS_splice, pair[1], NULL, ends[1], NULL, 16, 0) == 7);
	CHECK(DOOR(SYS_splice, ends[0], NULL, pair[1], NULL, 16, SPLICE_F_MOVE) == 7);
	FAILS(EINVAL, DOOR(SYS_splice, pair[0], NULL, pair[1], NULL, 16, 0));
	CHECK(DOOR(SYS_read, pair[0], buf, sizeof(buf)) == 7 && !memcmp(buf, "ellollo", 7));
	MUST(DOOR(SYS_close, pair[1]));
	MUST(DOOR(SYS_close, pair[0]));
	return 0;
}
