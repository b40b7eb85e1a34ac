// SPDX-License-Identifier: GPL-2.0-only
/* Rule 24: pidfd_getfd() takes a descriptor out of another process, which does not notice. */
#include "scenario.h"

int main(void)
{
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0)), pidfd, taken;
	pid_t child = MUST(fork());

	if (!child) {
		pause();
		return 0;
	}
	close(fd);
	pidfd = MUST(syscall(SYS_pidfd_open, child, 0));
	taken = MUST(syscall(SYS_pidfd_getfd, pidfd, fd, 0));
	MUST(kill(child, SIGKILL));
	wait_child(child);
	close(taken);
	close(pidfd);
	return 0;
}
