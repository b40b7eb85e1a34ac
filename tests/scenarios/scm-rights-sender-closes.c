// SPDX-License-Identifier: GPL-2.0-only
/* Rule 20: nobody has a descriptor of a socket that is on its way in SCM_RIGHTS; who receives it goes on with its life. */
#include "scenario.h"

union rights {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int))];
};

static void give(int over, int fd)
{
	union rights rights = {};
	struct iovec byte = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof(rights)
	};

	rights.head =
		(struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(fd)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&rights.head), &fd, sizeof(fd));
	CHECK(sendmsg(over, &msg, 0) == 1);
}

static int take(int over)
{
	union rights rights = {};
	char c;
	struct iovec byte = { .iov_base = &c, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof(rights)
	};
	int fd;

	CHECK(recvmsg(over, &msg, 0) == 1);
	CHECK(rights.head.cmsg_type == SCM_RIGHTS && rights.head.cmsg_len == CMSG_LEN(sizeof(fd)));
	memcpy(&fd, CMSG_DATA(&rights.head), sizeof(fd));
	return fd;
}

int main(void)
{
	struct sockaddr_in addr = loopback(0);
	int pair[2], closed[2], fd;
	pid_t child;
	char c;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	MUST(pipe(closed));
	child = MUST(fork());
	if (child) {
		fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
		give(pair[0], fd);
		close(fd);
		CHECK(write(closed[1], "x", 1) == 1);
		wait_child(child);
		return 0;
	}
	CHECK(read(closed[0], &c, 1) == 1);
	fd = take(pair[1]);
	MUST(bind(fd, SA(addr), sizeof(addr)));
	local_of(fd);
	MUST(listen(fd, 1));
	close(fd);
	return 0;
}
