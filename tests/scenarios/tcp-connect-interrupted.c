// SPDX-License-Identifier: GPL-2.0-only
/* Rule 11: a signal ends a connect() that blocks; the connection is still being made. */
#include "scenario.h"

static void on_alarm(int sig)
{
	(void)sig;
}

int main(void)
{
	const struct sigaction act = { .sa_handler = on_alarm };
	const struct itimerval soon = { .it_value.tv_usec = 50000 };
	struct sockaddr_in addr;
	int listener = tcp_listener(0, &addr), first = tcp_client(&addr), fd;

	wait_for(listener, POLLIN);
	fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	FAILS(EINTR, connect(fd, SA(addr), sizeof(addr)));
	close(fd);
	close(first);
	close(listener);
	return 0;
}
