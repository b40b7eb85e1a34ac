// SPDX-License-Identifier: GPL-2.0-only
/*
 * churn RATE FILE: threads that open, connect, accept, duplicate, pass and close sockets, in one descriptor table, RATE sockets
 * a second or as many as they can; each holds the last few dozens. FILE is mapped: a counter of 64 bits of the sockets opened.
 * It runs until it is killed.
 */
#include <sys/mman.h>

#include "../scenarios/scenario.h"

#define THREADS 4
#define HELD 48
#define SLICE_NS 10000000ll

static uint64_t *opened;
static int64_t slice; /* how many sockets a thread opens in one */

struct churn {
	int held[HELD];
	unsigned int at;
	int tcp, unix_stream, pass[2]; /* listeners, and a channel to itself */
	struct address tcp_at, unix_at;
};

static void hold(struct churn *c, int fd)
{
	int *slot = &c->held[c->at++ % HELD];

	if (*slot >= 0)
		close(*slot);
	*slot = fd;
}

static void count(int sockets)
{
	__atomic_add_fetch(opened, sockets, __ATOMIC_RELAXED);
}

static int connects(struct churn *c, int listener, const struct address *addr)
{
	struct linger reset = { .l_onoff = 1 }; /* no TIME-WAIT, which would use all ports up */
	int fd = MUST(socket(addr->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));

	if (addr->sa.sa_family == AF_INET)
		MUST(setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
	MUST(connect(fd, AT(*addr)));
	hold(c, fd);
	hold(c, MUST(accept4(listener, NULL, NULL, SOCK_NONBLOCK)));
	return 2;
}

static int pairs(struct churn *c)
{
	int pair[2];

	MUST(socketpair(AF_UNIX, c->at % 2 ? SOCK_STREAM : SOCK_DGRAM, 0, pair));
	hold(c, pair[0]);
	hold(c, pair[1]);
	return 2;
}

static int datagram(struct churn *c)
{
	struct address addr = any_address();
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));

	MUST(bind(fd, AT(addr)));
	hold(c, MUST(dup(fd)));
	close(fd);
	return 1;
}

/* It closes one when it has sent it, and has it again under another number. */
static int passes(struct churn *c)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} rights = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec data = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof(rights)
	};
	char byte;
	int fd = MUST(socket(AF_INET6, SOCK_STREAM, 0));

	memcpy(CMSG_DATA(&rights.head), &fd, sizeof(fd));
	CHECK(sendmsg(c->pass[0], &msg, 0) == 1);
	close(fd);
	data.iov_base = &byte;
	CHECK(recvmsg(c->pass[1], &msg, MSG_CMSG_CLOEXEC) == 1);
	memcpy(&fd, CMSG_DATA(&rights.head), sizeof(fd));
	hold(c, fd);
	return 1;
}

static int turn(struct churn *c, int what)
{
	switch (what % 8) {
	case 0:
		return connects(c, c->tcp, &c->tcp_at);
	case 1:
		return connects(c, c->unix_stream, &c->unix_at);
	case 2:
		return datagram(c);
	case 3:
		return passes(c);
	default:
		return pairs(c);
	}
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void *churn(void *arg)
{
	struct churn *c = arg;
	int64_t due = now(), left;
	int what = 0, n;

	for (;;) {
		for (left = slice; left > 0; left -= n)
			count(n = turn(c, what++));
		due += SLICE_NS;
		left = due - now();
		if (left > 0)
			nanosleep(&(struct timespec){ .tv_nsec = left }, NULL);
		else
			due -= left; /* what it could not do is not made up for */
	}
	return NULL;
}

static void churn_init(struct churn *c, int i)
{
	char name[16] = "";

	memset(c->held, -1, sizeof(c->held));
	c->tcp = listening(64, &c->tcp_at);
	c->unix_at = unix_address(name, 1 + snprintf(name + 1, sizeof(name) - 1, "churn-%d", i));
	c->unix_stream = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
	MUST(bind(c->unix_stream, AT(c->unix_at)));
	MUST(listen(c->unix_stream, 64));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, c->pass));
}

int main(int argc, char **argv)
{
	static struct churn churns[THREADS];
	pthread_t thread;
	int i, fd;

	CHECK(argc == 3);
	slice = atoi(argv[1]) * SLICE_NS / 1000000000 / THREADS;
	fd = MUST(open(argv[2], O_RDWR | O_CREAT | O_CLOEXEC, 0600));
	MUST(ftruncate(fd, sizeof(*opened)));
	opened = MUST(mmap(NULL, sizeof(*opened), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	for (i = 0; i < THREADS; i++)
		churn_init(&churns[i], i);
	for (i = 0; i < THREADS; i++)
		CHECK(pthread_create(&thread, NULL, churn, &churns[i]) == 0);
	puts("ready");
	fflush(stdout);
	pthread_join(thread, NULL);
	return 0;
}
