// SPDX-License-Identifier: GPL-2.0-only
/* Two threads, one ring: what one submits is completed while the other waits, and the other hears of it. */
#include "uring.h"

static struct ring ring;
static struct stream s;

static void *other(void *arg)
{
	(void)arg;
	PREP(&ring, io_uring_prep_send, s.client, "hello", 5, 0);
	submit(&ring);
	for (int i = 0; i < 2; i++)
		CHECK(completion(&ring).res == 5);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	char buf[16];

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_recv, s.server, buf, sizeof(buf), 0);
	submit(&ring);
	CHECK(!pthread_create(&thread, NULL, other, NULL));
	CHECK(!pthread_join(thread, NULL));
	close_all(&s);
	return 0;
}
