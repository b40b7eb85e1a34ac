// SPDX-License-Identifier: GPL-2.0-only
/* Rule 21: the child has a descriptor of its own; the last close of both is the end. */
#include "scenario.h"

int main(void)
{
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	pid_t child = MUST(fork());

	if (!child) {
		close(fd);
		return 0;
	}
	wait_child(child);
	close(fd);
	return 0;
}
