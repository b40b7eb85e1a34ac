// SPDX-License-Identifier: GPL-2.0-only
/* Rule 23: exec() closes what is close-on-exec. */
#include "scenario.h"

int main(int argc, char **argv)
{
	if (argc > 1)
		return 0;
	MUST(socket(FAMILY, SOCK_STREAM | SOCK_CLOEXEC, 0));
	execl(argv[0], argv[0], "again", NULL);
	return 1;
}
