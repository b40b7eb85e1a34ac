/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages as 32-bit programs lay them out. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "socketcall.h"

/* Three messages, of 3, 5 and 6 bytes in one, one and two parts. */
struct three {
	struct mmsghdr vec[3];
	struct iovec parts[4];
	char buf[4][16];
};

static inline void message_name(struct msghdr *msg, const struct address *addr)
{
	msg->msg_name = (void *)&addr->sa;
	msg->msg_namelen = addr->len;
}

static inline void three_parts(struct three *three, const size_t lens[4])
{
	int i;

	for (i = 0; i < 4; i++)
		three->parts[i] = (struct iovec){ .iov_base = three->buf[i], .iov_len = lens[i] };
	for (i = 0; i < 3; i++)
		three->vec[i] = (struct mmsghdr){
			.msg_hdr = { .msg_iov = &three->parts[i], .msg_iovlen = 1 + (i == 2) },
		};
}

static inline void three_to_send(struct three *three)
{
	static const size_t lens[4] = { 3, 5, 4, 2 };

	*three = (struct three){ .buf = { "one", "three", "twel", "ve" } };
	three_parts(three, lens);
}

static inline void three_to_receive(struct three *three)
{
	static const size_t lens[4] = { 16, 16, 4, 16 };

	*three = (struct three){};
	three_parts(three, lens);
}

static inline unsigned int three_bytes(const struct three *three)
{
	return three->vec[0].msg_len + three->vec[1].msg_len + three->vec[2].msg_len;
}

#endif
