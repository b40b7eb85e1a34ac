// SPDX-License-Identifier: GPL-2.0-only
/* Rule 5: a path has any bytes but NUL, and as many as fit without one at the end. */
#include "scenario.h"

int main(void)
{
	static const char bytes[] = "s\xff\xe2\x80\xae\\\n\x01";
	struct address odd = unix_address(bytes, sizeof(bytes)), full;
	int one = MUST(socket(FAMILY, SOCK_STREAM, 0)), two = MUST(socket(FAMILY, SOCK_STREAM, 0));
	char path[sizeof(full.un.sun_path)];

	memset(path, 'p', sizeof(path));
	full = unix_address(path, sizeof(path));
	MUST(bind(one, AT(odd)));
	MUST(bind(two, AT(full)));
	close(two);
	close(one);
	return 0;
}
