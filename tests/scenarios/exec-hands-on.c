// SPDX-License-Identifier: GPL-2.0-only
/* Rule 23: exec() hands on the others: the same span goes on, closed by the new program. */
#include "scenario.h"

int main(int argc, char **argv)
{
	int fd = 3;

	if (argc > 1)
		return close(fd);
	CHECK(socket(FAMILY, SOCK_STREAM, 0) == fd);
	execl(argv[0], argv[0], "again", NULL);
	return 1;
}
