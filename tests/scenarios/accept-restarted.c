// SPDX-License-Identifier: GPL-2.0-only
/* contract.md, events: a call that the kernel restarts after a signal is an event per run. */
#include "scenario.h"

static struct sockaddr_in addr;
static int client;

static void on_alarm(int sig)
{
	(void)sig;
	client = tcp_client(&addr);
}

int main(void)
{
	const struct sigaction act = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	const struct itimerval soon = { .it_value.tv_usec = 100000 };
	int listener = tcp_listener(1, &addr);

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	close(MUST(accept(listener, NULL, NULL)));
	close(client);
	close(listener);
	return 0;
}
