// SPDX-License-Identifier: GPL-2.0-only
/* Rule 1: a family without words of its own: its name, and its address in hex. */
#include <linux/if_packet.h>
#include <net/ethernet.h>

#include "scenario.h"

int main(void)
{
	/* lo is the first interface of every network namespace. */
	struct sockaddr_ll addr = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = 1 };
	socklen_t len = sizeof(addr);
	int fd = MUST(socket(AF_PACKET, SOCK_RAW, 0));

	MUST(bind(fd, (struct sockaddr *)&addr, len));
	MUST(getsockname(fd, (struct sockaddr *)&addr, &len));
	close(fd);
	return 0;
}
