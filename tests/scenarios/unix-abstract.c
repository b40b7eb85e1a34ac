// SPDX-License-Identifier: GPL-2.0-only
/* Rule 5: an abstract name has any bytes: NUL, not UTF-8, a backslash, a newline. */
#include "scenario.h"

int main(void)
{
	static const char name[] = "\0socklife\0\xff\xc3\\\n";
	struct sockaddr_un addr;
	socklen_t len = unix_name(&addr, name, sizeof(name) - 1);
	int listener = MUST(socket(AF_UNIX, SOCK_STREAM, 0)), client = MUST(socket(AF_UNIX, SOCK_STREAM, 0));

	MUST(bind(listener, SA(addr), len));
	MUST(listen(listener, 1));
	MUST(connect(client, SA(addr), len));
	close(client);
	close(listener);
	return 0;
}
