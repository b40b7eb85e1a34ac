// SPDX-License-Identifier: GPL-2.0-only
/* Rule 21: a read() that blocks holds the socket that another thread closes, and still gets what comes. */
#include "scenario.h"

static struct stream s;
static volatile pid_t tid;

static void *reads(void *arg)
{
	char c;

	tid = gettid();
	CHECK(read(s.server, &c, 1) == 1);
	return arg;
}

int main(void)
{
	pthread_t thread;

	s = connection();
	pthread_create(&thread, NULL, reads, NULL);
	while (!tid)
		usleep(1000);
	wait_blocked(tid);
	close(s.server);
	CHECK(write(s.client, "x", 1) == 1);
	pthread_join(thread, NULL);
	wait_for(s.client, POLLRDHUP);
	close(s.client);
	close(s.listener);
	return 0;
}
