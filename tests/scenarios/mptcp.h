/* SPDX-License-Identifier: GPL-2.0-only */
/* Rule 35a: a listener of MPTCP and a client of a protocol. */
#ifndef MPTCP_H
#define MPTCP_H

#include "scenario.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static inline int talk_to_mptcp(int client_protocol)
{
	struct address addr = any_address();
	int listener = socket(FAMILY, SOCK_STREAM, IPPROTO_MPTCP), client, server;
	char buf[16];

	if (listener < 0)
		return SKIPPED;
	MUST(bind(listener, AT(addr)));
	addr = local_of(listener);
	MUST(listen(listener, 1));
	client = MUST(socket(FAMILY, SOCK_STREAM, client_protocol));
	MUST(connect(client, AT(addr)));
	server = MUST(accept(listener, NULL, NULL));
	CHECK(write(client, "hello", 5) == 5);
	CHECK(read(server, buf, sizeof(buf)) == 5);
	close(client);
	wait_for(server, POLLRDHUP);
	CHECK(read(server, buf, sizeof(buf)) == 0);
	close(server);
	close(listener);
	return 0;
}

#endif
