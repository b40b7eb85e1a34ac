// SPDX-License-Identifier: GPL-2.0-only
/* Rule 24: nobody has a descriptor of a socket that is on its way in SCM_RIGHTS; who receives it goes on with its life. */
#include "rights.h"

int main(void)
{
	struct address addr = any_address();
	int pair[2], told[2], fd;
	pid_t child;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(pipe(told));
	child = MUST(fork());
	if (child) {
		fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
		give(pair[0], fd);
		close(fd);
		tell(told);
		wait_child(child);
		return 0;
	}
	wait_told(told);
	fd = take(pair[1], 0);
	MUST(bind(fd, AT(addr)));
	local_of(fd);
	MUST(listen(fd, 1));
	close(fd);
	return 0;
}
