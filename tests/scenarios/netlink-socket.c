// SPDX-License-Identifier: GPL-2.0-only
/* Rule 1: another family: its name, and its address in the contract's words. */
#include <linux/netlink.h>

#include "scenario.h"

int main(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	socklen_t len = sizeof(addr);
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));

	MUST(bind(fd, (struct sockaddr *)&addr, len));
	MUST(getsockname(fd, (struct sockaddr *)&addr, &len));
	close(fd);
	return 0;
}
