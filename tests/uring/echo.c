// SPDX-License-Identifier: GPL-2.0-only
/*
 * A server by io_uring alone, one multishot ACCEPT, then RECV, SEND, CLOSE of each, and 200 clients at once in
 * another process.
 */
#include "uring.h"

#define COUNT 200
#define ROUNDS 3
#define LENGTH 500

static struct ring ring;
static char bufs[COUNT + 100][LENGTH];

static void ask(const struct address *addr)
{
	char buf[LENGTH] = "";
	int fds[COUNT];

	for (int i = 0; i < COUNT; i++)
		fds[i] = connected(SOCK_STREAM, addr);
	for (int round = 0; round < ROUNDS; round++) {
		for (int i = 0; i < COUNT; i++)
			CHECK(send(fds[i], buf, LENGTH - i, 0) == LENGTH - i);
		for (int i = 0; i < COUNT; i++)
			CHECK(recv(fds[i], buf, LENGTH - i, MSG_WAITALL) == LENGTH - i);
	}
	for (int i = 0; i < COUNT; i++) {
		MUST(shutdown(fds[i], SHUT_WR));
		CHECK(!recv(fds[i], buf, sizeof(buf), 0));
		close(fds[i]);
	}
}

/* user_data: the operation and the descriptor */
static struct io_uring_sqe *keyed(struct io_uring_sqe *s, int fd)
{
	s->user_data = (__u64)s->opcode << 32 | fd;
	return s;
}

/* Answers one completion with the next request, and says whether it was the end of a connection. */
static bool answer(int listener)
{
	struct cqe cqe = completion(&ring);
	int fd = (int)cqe.user_data, op = cqe.user_data >> 32;

	CHECK(cqe.res >= 0);
	switch (op) {
	case IORING_OP_ACCEPT:
		CHECK(fd == listener && cqe.flags & IORING_CQE_F_MORE && cqe.res < COUNT + 100);
		fd = cqe.res;
		break;
	case IORING_OP_RECV:
		if (cqe.res)
			keyed(PREP(&ring, io_uring_prep_send, fd, bufs[fd], cqe.res, MSG_WAITALL), fd);
		else
			keyed(PREP(&ring, io_uring_prep_close, fd), fd);
		submit(&ring);
		return false;
	case IORING_OP_CLOSE:
		return true;
	}
	keyed(PREP(&ring, io_uring_prep_recv, fd, bufs[fd], LENGTH, 0), fd);
	submit(&ring);
	return false;
}

int main(int argc, char **argv)
{
	struct address addr;
	int listener, left = COUNT;
	pid_t child;

	families(argc, argv);
	listener = listening(COUNT, &addr);
	child = MUST(fork());
	if (!child) {
		close(listener);
		ask(&addr);
		return 0;
	}
	ring_open(&ring, 256, 0);
	keyed(PREP(&ring, io_uring_prep_multishot_accept, listener, NULL, NULL, 0), listener);
	submit(&ring);
	while (left)
		left -= answer(listener);
	wait_child(child);
	close(listener);
	return 0;
}
