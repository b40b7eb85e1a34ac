// SPDX-License-Identifier: GPL-2.0-only
/*
 * datagram-client PORT: asks three times. The second answer is longer than it has room for, and the third never comes: when its
 * standard input ends, the server is gone.
 */
#include "../scenarios/scenario.h"

int main(int argc, char **argv)
{
	struct address addr = loopback(argc > 1 ? atoi(argv[1]) : 0);
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	char answer[16];

	MUST(connect(fd, AT(addr)));
	usleep(20000);
	CHECK(send(fd, "first", 5, 0) == 5);
	CHECK(recv(fd, answer, sizeof(answer), 0) == 8);
	usleep(40000);
	CHECK(send(fd, "second", 6, 0) == 6);
	CHECK(recv(fd, answer, sizeof(answer), 0) == sizeof(answer));
	CHECK(read(STDIN_FILENO, answer, sizeof(answer)) == 0);
	usleep(40000);
	CHECK(send(fd, "third", 5, 0) == 5);
	FAILS(ECONNREFUSED, recv(fd, answer, sizeof(answer), 0));
	close(fd);
	return 0;
}
