// SPDX-License-Identifier: GPL-2.0-only
/* Rule 22: close_range() closes the sockets in its range, and only these; a wrong range closes nothing. */
#include "scenario.h"

int main(void)
{
	int first = MUST(socket(FAMILY, SOCK_STREAM, 0)), copy, last;

	MUST(socket(FAMILY, SOCK_DGRAM, 0));
	copy = MUST(dup(first));
	last = MUST(socket(FAMILY, SOCK_STREAM, 0));
	FAILS(EINVAL, close_range(last, first, 0));
	MUST(close_range(first + 1, last, 0));
	FAILS(EBADF, close(copy));
	MUST(close_range(first, ~0U, 0));
	return 0;
}
