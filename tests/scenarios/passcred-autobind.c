// SPDX-License-Identifier: GPL-2.0-only
/* Rules 5, 6, unix(7): with SO_PASSCRED the kernel names an unbound socket when it connects or sends. */
#include "scenario.h"

int main(void)
{
	const int on = 1;
	struct address addr;
	int listener = listening(1, &addr), client = MUST(socket(FAMILY, SOCK_STREAM, 0));

	MUST(setsockopt(client, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	MUST(connect(client, AT(addr)));
	close(client);
	close(listener);
	return 0;
}
