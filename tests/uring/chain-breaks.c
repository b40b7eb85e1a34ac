// SPDX-License-Identifier: GPL-2.0-only
/*
 * A chain that breaks: CONNECT is refused, and what is linked to it is cancelled, the CLOSE too, so that the
 * socket stays.
 */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct address addr;
	int deaf, client;
	char buf[16];

	families(argc, argv);
	deaf = bound(SOCK_STREAM, &addr);
	client = MUST(socket(FAMILY, SOCK_STREAM, 0));
	ring_open(&ring, 8, 0);
	PREP(&ring, io_uring_prep_connect, client, AT(addr))->flags |= IOSQE_IO_LINK;
	PREP(&ring, io_uring_prep_send, client, "hello", 5, 0)->flags |= IOSQE_IO_LINK;
	PREP(&ring, io_uring_prep_recv, client, buf, sizeof(buf), 0)->flags |= IOSQE_IO_LINK;
	PREP(&ring, io_uring_prep_close, client);
	submit(&ring);
	expect(&ring, 1, -ECONNREFUSED);
	expect(&ring, 2, -ECANCELED);
	expect(&ring, 3, -ECANCELED);
	expect(&ring, 4, -ECANCELED);
	CHECK(local_of(client).sa.sa_family == FAMILY);
	close(client);
	close(deaf);
	return 0;
}
