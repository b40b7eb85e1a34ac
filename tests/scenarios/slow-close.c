// SPDX-License-Identifier: GPL-2.0-only
/* Rule 27: close() that lingers in one thread, while accept() in another gets the number. */
#include "scenario.h"

static struct stream s;
static volatile pid_t tid;

static void *closes(void *arg)
{
	tid = gettid();
	close(s.client);
	return arg;
}

int main(void)
{
	const struct linger linger = { .l_onoff = 1, .l_linger = 10 };
	pthread_t thread;
	int other;

	s = connection();
	other = connected(SOCK_STREAM, &s.addr);
	MUST(setsockopt(s.client, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	set_deaf(s.server, true);
	CHECK(write(s.client, "x", 1) == 1);
	pthread_create(&thread, NULL, closes, NULL);
	while (!tid)
		usleep(1000);
	wait_blocked(tid);
	CHECK(accept(s.listener, NULL, NULL) == s.client);
	set_deaf(s.server, false);
	pthread_join(thread, NULL);
	close(other);
	close_all(&s);
	return 0;
}
