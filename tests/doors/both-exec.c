// SPDX-License-Identifier: GPL-2.0-only
/* A 64-bit program executes a 32-bit one, and that a 64-bit one: a socket is handed on, and used by all three. */
#include "../scenarios/scenario.h"

int main(int argc, char **argv)
{
	int pair[2] = { 3, 4 };
	char c;

	if (argc == 1)
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(write(pair[0], "x", 1) == 1);
	CHECK(recv(pair[1], &c, 1, 0) == 1);
	if (argc == 1)
		execl("./both-exec.32", "both-exec.32", "2", NULL);
	else if (!strcmp(argv[1], "2"))
		execl("./both-exec", "both-exec", "3", NULL);
	else
		return close(pair[0]) | close(pair[1]);
	return 1;
}
