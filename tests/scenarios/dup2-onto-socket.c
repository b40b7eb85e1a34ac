// SPDX-License-Identifier: GPL-2.0-only
/* Rule 22: dup2() onto a number that names a socket closes that one. */
#include "scenario.h"

int main(void)
{
	int keeps = MUST(socket(FAMILY, SOCK_STREAM, 0)), goes = MUST(socket(FAMILY, SOCK_DGRAM, 0));
	int file = MUST(open("/dev/null", O_RDONLY | O_CLOEXEC));

	CHECK(dup2(keeps, keeps) == keeps);
	CHECK(dup2(keeps, goes) == goes);
	close(keeps);
	CHECK(dup2(file, goes) == goes);
	close(goes);
	return 0;
}
