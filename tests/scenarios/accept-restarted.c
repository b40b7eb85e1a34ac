// SPDX-License-Identifier: GPL-2.0-only
/* contract.md, events: a call that the kernel restarts after a signal is an event per run. */
#include "scenario.h"

static struct address addr;
static int client;

static void on_signal(int sig)
{
	(void)sig;
	client = connected(SOCK_STREAM, &addr);
}

int main(void)
{
	const struct sigaction act = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	const int sig = SIGUSR1;
	int listener = listening(1, &addr);

	sigaction(sig, &act, NULL);
	interrupt_when_blocked(&sig);
	close(MUST(accept(listener, NULL, NULL)));
	close(client);
	close(listener);
	return 0;
}
