// SPDX-License-Identifier: GPL-2.0-only
/* Rules 4, 8: SO_REUSEADDR lets two sockets bind one address; only one of them may listen. */
#include "scenario.h"

int main(void)
{
	const int on = 1;
	struct address addr = any_address();
	int one = MUST(socket(FAMILY, SOCK_STREAM, 0)), two = MUST(socket(FAMILY, SOCK_STREAM, 0));

	MUST(setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	MUST(setsockopt(two, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	MUST(bind(one, AT(addr)));
	addr = local_of(one);
	MUST(bind(two, AT(addr)));
	MUST(listen(one, 1));
	FAILS(EADDRINUSE, listen(two, 1));
	close(two);
	close(one);
	return 0;
}
