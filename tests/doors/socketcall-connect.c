// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2), sub-call 3: connect(), and ECONNREFUSED. */
#include "socketcall.h"

int main(void)
{
	struct address open, closed;
	int listener = sub_listening(&open), holder = sub_bound(SOCK_STREAM, &closed);
	int client = sub_connected(SOCK_STREAM, &open), refused = sub_socket(AF_INET, SOCK_STREAM);

	FAILS(ECONNREFUSED, SUB(SYS_CONNECT, refused, AT(closed)));
	close(refused);
	close(client);
	close(holder);
	close(listener);
	return 0;
}
