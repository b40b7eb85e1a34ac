// SPDX-License-Identifier: GPL-2.0-only
/* CONNECT to a socket that does not listen. */
#include "uring.h"

static struct ring ring;

int main(int argc, char **argv)
{
	struct address addr;
	int deaf, client;

	families(argc, argv);
	deaf = bound(SOCK_STREAM, &addr);
	client = MUST(socket(FAMILY, SOCK_STREAM, 0));
	ring_open(&ring, 8, 0);
	CHECK(DO(&ring, io_uring_prep_connect, client, AT(addr)) == -ECONNREFUSED);
	close(client);
	close(deaf);
	return 0;
}
