// SPDX-License-Identifier: GPL-2.0-only
/* Rule 1: sockets of virtual machines, by name and in hex. */
#include <linux/vm_sockets.h>

#include "scenario.h"

int main(void)
{
	struct sockaddr_vm addr = { .svm_family = AF_VSOCK, .svm_cid = VMADDR_CID_ANY, .svm_port = 7777 };
	int fd = socket(AF_VSOCK, SOCK_STREAM, 0);

	if (fd < 0)
		return SKIPPED;
	MUST(bind(fd, (struct sockaddr *)&addr, sizeof(addr)));
	close(fd);
	return 0;
}
