// SPDX-License-Identifier: GPL-2.0-only
/* A ring that a child inherits: the child submits to it, its own descriptors and its own process. */
#include "uring.h"

static struct ring ring;

static void child(const struct stream *s, const int told[2])
{
	int fd = MUST(socket(FAMILY, SOCK_STREAM, 0));
	char buf[16];

	CHECK(!DO(&ring, io_uring_prep_connect, fd, AT(s->addr)));
	close(s->client);
	CHECK(DO(&ring, io_uring_prep_send, fd, "child", 5, 0) == 5);
	CHECK(DO(&ring, io_uring_prep_recv, s->server, buf, sizeof(buf), 0) == 6);
	wait_told(told);
	CHECK(!DO(&ring, io_uring_prep_close, fd));
	_exit(0);
}

int main(int argc, char **argv)
{
	struct stream s;
	char buf[16];
	int server, told[2];
	pid_t pid;

	families(argc, argv);
	s = connection();
	ring_open(&ring, 8, 0);
	CHECK(DO(&ring, io_uring_prep_send, s.client, "parent", 6, 0) == 6);
	MUST(pipe(told));
	pid = MUST(fork());
	if (!pid)
		child(&s, told);
	server = MUST(accept(s.listener, NULL, NULL));
	CHECK(recv(server, buf, 5, MSG_WAITALL) == 5);
	tell(told);
	wait_child(pid);
	CHECK(!read(server, buf, sizeof(buf)));
	close(server);
	close_all(&s);
	return 0;
}
