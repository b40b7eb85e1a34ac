// SPDX-License-Identifier: GPL-2.0-only
/* Rule 21: an accept() that blocks holds the listener that another thread closes, and still gets a connection. */
#include "scenario.h"

static int listener, server;
static volatile pid_t tid;

static void *accepts(void *arg)
{
	tid = gettid();
	server = MUST(accept(listener, NULL, NULL));
	return arg;
}

int main(void)
{
	struct address addr;
	pthread_t thread;
	int client;

	listener = listening(1, &addr);
	client = MUST(socket(FAMILY, SOCK_STREAM, 0));
	pthread_create(&thread, NULL, accepts, NULL);
	while (!tid)
		usleep(1000);
	wait_blocked(tid);
	close(listener);
	MUST(connect(client, AT(addr)));
	pthread_join(thread, NULL);
	close(server);
	close(client);
	return 0;
}
