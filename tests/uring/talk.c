// SPDX-License-Identifier: GPL-2.0-only
/*
 * A connection whose calls wait in the kernel, by a ring of a kind: `talk sqpoll` has a kernel thread that
 * submits, `async` has every request done by a worker, `coop` and `defer` complete in the task that asks for it,
 * `large` has submissions and completions of twice the size, `no-array` no array of indices into the submissions,
 * as newer liburings have it.
 */
#include "uring.h"

static const struct kind {
	const char *name;
	unsigned int setup, flags;
	unsigned int
		entries; /* no-array: the liburing of Debian 12 writes as many indices over the queue's head and tail */
} kinds[] = {
	{ "plain", 0, 0, 8 },
	{ "sqpoll", IORING_SETUP_SQPOLL, 0, 8 },
	{ "async", 0, IOSQE_ASYNC, 8 },
	{ "coop", IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG, 0, 8 },
	{ "defer", IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_SINGLE_ISSUER, 0, 8 },
	{ "large", IORING_SETUP_SQE128 | IORING_SETUP_CQE32, 0, 8 },
	{ "no-array", SETUP_NO_SQARRAY, 0, 1 },
};

static struct ring ring;
static const struct kind *kind = kinds;

/* The last one prepared. */
static void go(struct io_uring_sqe *s)
{
	s->flags |= kind->flags;
	submit(&ring);
}

int main(int argc, char **argv)
{
	struct address addr;
	int listener, client, server;
	char buf[16];

	families(1, argv);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (argc > 1 && !strcmp(argv[1], kinds[i].name))
			kind = &kinds[i];
	listener = listening(5, &addr);
	client = MUST(socket(FAMILY, SOCK_STREAM, 0));
	ring_open(&ring, kind->entries, kind->setup);
	go(PREP(&ring, io_uring_prep_accept, listener, NULL, NULL, 0));
	usleep(10000); /* until it waits */
	server = connect_accepted(&ring, client, &addr, kind->flags).res;
	CHECK(server > 2);
	go(PREP(&ring, io_uring_prep_recv, server, buf, sizeof(buf), 0));
	usleep(10000);
	go(PREP(&ring, io_uring_prep_send, client, "hello", 5, 0));
	for (int i = 0; i < 2; i++)
		CHECK(completion(&ring).res == 5);
	go(PREP(&ring, io_uring_prep_close, server));
	CHECK(!completion(&ring).res);
	go(PREP(&ring, io_uring_prep_read, client, buf, sizeof(buf), 0));
	CHECK(!completion(&ring).res);
	go(PREP(&ring, io_uring_prep_close, client));
	CHECK(!completion(&ring).res);
	close(listener);
	return 0;
}
