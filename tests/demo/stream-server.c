// SPDX-License-Identifier: GPL-2.0-only
/*
 * stream-server: prints its port, lets two clients wait in its accept queue for a moment, and gives each of them to a worker that
 * reads the whole request before it answers.
 */
#include "../scenarios/scenario.h"

#define CLIENTS 2

static void work(int conn)
{
	int out = MUST(dup(conn)), i;
	char request[64];

	while (MUST(read(conn, request, sizeof(request))) > 0)
		;
	for (i = 0; i < 3; i++) {
		usleep(40000);
		CHECK(write(out, "part of it\n", 11) == 11);
	}
	close(out);
	close(conn);
}

int main(void)
{
	struct address addr;
	int listener = listening(CLIENTS, &addr), conn, i, status;

	printf("%d\n", ntohs(addr.in.sin_port));
	fflush(stdout);
	usleep(80000);
	for (i = 0; i < CLIENTS; i++) {
		conn = MUST(accept(listener, NULL, NULL));
		if (MUST(fork()) == 0) {
			close(listener);
			work(conn);
			return 0;
		}
		close(conn);
	}
	close(listener);
	while (wait(&status) > 0)
		CHECK(status == 0);
	return 0;
}
