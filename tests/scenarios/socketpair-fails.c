// SPDX-License-Identifier: GPL-2.0-only
/* Rule 3: a family without pairs: EOPNOTSUPP, and the two sockets of the attempt are never seen. */
#include "scenario.h"

int main(void)
{
	int pair[2];

	FAILS(EOPNOTSUPP, socketpair(FAMILY, SOCK_STREAM, 0, pair));
	FAILS(EOPNOTSUPP, socketpair(FAMILY, SOCK_DGRAM, 0, pair));
	return 0;
}
