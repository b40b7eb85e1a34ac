// SPDX-License-Identifier: GPL-2.0-only
/* datagram-server: prints its port, answers one request in short and one at length, and is gone. */
#include "../scenarios/scenario.h"

static void answer(int fd, const char *text)
{
	struct address from;
	char request[64];

	MUST(recvfrom(fd, request, sizeof(request), 0, INTO(from)));
	usleep(40000);
	MUST(sendto(fd, text, strlen(text), 0, AT(from)));
}

int main(void)
{
	struct address addr;
	int fd = bound(SOCK_DGRAM, &addr);

	printf("%d\n", ntohs(addr.in.sin_port));
	fflush(stdout);
	answer(fd, "in short");
	answer(fd, "and this is the answer at length");
	close(fd);
	return 0;
}
