/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptors in messages: unix(7), SCM_RIGHTS. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include "scenario.h"

union rights {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int))];
};

static inline void give(int over, int fd)
{
	union rights rights = { .head = { CMSG_LEN(sizeof(fd)), SOL_SOCKET, SCM_RIGHTS } };
	struct iovec byte = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof(rights)
	};

	memcpy(CMSG_DATA(&rights.head), &fd, sizeof(fd));
	CHECK(sendmsg(over, &msg, 0) == 1);
}

static inline int take(int over, int flags)
{
	union rights rights = {};
	char c;
	struct iovec byte = { .iov_base = &c, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &byte, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof(rights)
	};
	int fd;

	CHECK(recvmsg(over, &msg, flags) == 1);
	CHECK(rights.head.cmsg_type == SCM_RIGHTS && rights.head.cmsg_len == CMSG_LEN(sizeof(fd)));
	memcpy(&fd, CMSG_DATA(&rights.head), sizeof(fd));
	return fd;
}

#endif
