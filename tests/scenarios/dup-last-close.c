// SPDX-License-Identifier: GPL-2.0-only
/* Rule 21: a duplicate keeps the socket alive; the close of the last descriptor is its end. */
#include "scenario.h"

int main(void)
{
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0)), copy = MUST(dup(fd));

	close(fd);
	close(copy);
	return 0;
}
