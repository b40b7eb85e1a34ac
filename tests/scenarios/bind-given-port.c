// SPDX-License-Identifier: GPL-2.0-only
/* Rule 4: a given port, the same for a stream and for datagrams. */
#include "scenario.h"

int main(void)
{
	struct address addr = loopback(7777);
	int tcp = MUST(socket(FAMILY, SOCK_STREAM, 0)), udp = MUST(socket(FAMILY, SOCK_DGRAM, 0));

	MUST(bind(tcp, AT(addr)));
	MUST(bind(udp, AT(addr)));
	close(udp);
	close(tcp);
	return 0;
}
