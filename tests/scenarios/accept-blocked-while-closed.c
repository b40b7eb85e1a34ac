// SPDX-License-Identifier: GPL-2.0-only
/* Rule 21: an accept() that blocks holds the listener that another thread closes, and still gets a connection. */
#include "scenario.h"

static int listener;
static volatile pid_t tid;

static void *accepts(void *arg)
{
	tid = gettid();
	close(MUST(accept(listener, NULL, NULL)));
	return arg;
}

int main(void)
{
	struct sockaddr_in addr;
	pthread_t thread;
	int client;

	listener = tcp_listener(1, &addr);
	client = MUST(socket(AF_INET, SOCK_STREAM, 0));
	pthread_create(&thread, NULL, accepts, NULL);
	while (!tid)
		usleep(1000);
	wait_blocked(tid);
	close(listener);
	MUST(connect(client, SA(addr), sizeof(addr)));
	pthread_join(thread, NULL);
	close(client);
	return 0;
}
