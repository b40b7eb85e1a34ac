// SPDX-License-Identifier: GPL-2.0-only
/* SEND with an address, SENDMSG with one, RECV, RECVMSG with one, SEND on a connected socket; a datagram cut short. */
#include "uring.h"

static struct ring ring;

static int send_to(int fd, const char *text, const struct address *addr)
{
	io_uring_prep_send_set_addr(PREP(&ring, io_uring_prep_send, fd, text, strlen(text), 0), AT(*addr));
	return result(&ring);
}

int main(int argc, char **argv)
{
	struct address addr, other, from;
	int server, client;
	char buf[16];
	struct iovec iov = { .iov_base = "three", .iov_len = 5 }, into = { .iov_base = buf, .iov_len = sizeof(buf) };
	struct msghdr out = { .msg_iov = &iov, .msg_iovlen = 1 }, in = { .msg_iov = &into, .msg_iovlen = 1 };

	families(argc, argv);
	server = bound(SOCK_DGRAM, &addr);
	client = bound(SOCK_DGRAM, &other);
	ring_open(&ring, 8, 0);
	CHECK(send_to(client, "one", &addr) == 3);
	CHECK(DO(&ring, io_uring_prep_recv, server, buf, sizeof(buf), 0) == 3);
	out.msg_name = &addr.sa;
	out.msg_namelen = addr.len;
	CHECK(DO(&ring, io_uring_prep_sendmsg, client, &out, 0) == 5);
	in.msg_name = &from.sa;
	in.msg_namelen = *address_room(&from);
	CHECK(DO(&ring, io_uring_prep_recvmsg, server, &in, 0) == 5);
	CHECK(in.msg_namelen == other.len && !memcmp(&from.sa, &other.sa, other.len));
	CHECK(!DO(&ring, io_uring_prep_connect, server, AT(other)));
	CHECK(DO(&ring, io_uring_prep_send, server, "answer", 6, 0) == 6);
	CHECK(DO(&ring, io_uring_prep_read, client, buf, 3, 0) == 3);
	CHECK(!DO(&ring, io_uring_prep_close, client));
	CHECK(!DO(&ring, io_uring_prep_close, server));
	return 0;
}
