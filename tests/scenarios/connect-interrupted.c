// SPDX-License-Identifier: GPL-2.0-only
/* Rule 11: a signal ends a connect() that blocks; a TCP connection is still being made. */
#include "scenario.h"

static void on_signal(int sig)
{
	(void)sig;
}

int main(void)
{
	const struct sigaction act = { .sa_handler = on_signal };
	const int sig = SIGUSR1;
	struct address addr;
	int listener = listening(0, &addr), first = connected(SOCK_STREAM, &addr), fd;

	wait_queue(listener, 1);
	fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	sigaction(sig, &act, NULL);
	interrupt_when_blocked(&sig);
	FAILS(EINTR, connect(fd, AT(addr)));
	close(fd);
	close(first);
	close(listener);
	return 0;
}
