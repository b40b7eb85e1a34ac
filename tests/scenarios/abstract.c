// SPDX-License-Identifier: GPL-2.0-only
/* Rule 5: an abstract name has any bytes: NUL, not UTF-8, a backslash, a newline. */
#include "scenario.h"

int main(void)
{
	static const char name[] = "\0socklife\0\xff\xc3\\\n";
	struct address addr = unix_address(name, sizeof(name) - 1);
	int listener = MUST(socket(FAMILY, SOCK_STREAM, 0)), client;

	MUST(bind(listener, AT(addr)));
	MUST(listen(listener, 1));
	client = connected(SOCK_STREAM, &addr);
	close(client);
	close(listener);
	return 0;
}
