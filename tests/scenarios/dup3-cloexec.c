// SPDX-License-Identifier: GPL-2.0-only
/* Rules 21, 23: dup3() with O_CLOEXEC: the duplicate goes at the exec, the first stays. */
#include "scenario.h"

int main(int argc, char **argv)
{
	int fd;

	if (argc > 1)
		return 0;
	fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	CHECK(dup3(fd, 9, O_CLOEXEC) == 9);
	FAILS(EINVAL, dup3(fd, fd, 0));
	execl(argv[0], argv[0], "again", NULL);
	return 1;
}
