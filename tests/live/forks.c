// SPDX-License-Identifier: GPL-2.0-only
/* forks: a server that forks for each connection; the child's exit is what closes it. Its clients come ten at a time. */
#include "../scenarios/scenario.h"

#define CLIENTS 10
#define ROUNDS 5

static void client(const struct address *addr)
{
	int fds[CLIENTS], i, round;
	char answer[16];

	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < CLIENTS; i++)
			fds[i] = connected(SOCK_STREAM, addr);
		for (i = 0; i < CLIENTS; i++)
			CHECK(write(fds[i], "question", 8) == 8);
		for (i = 0; i < CLIENTS; i++) {
			CHECK(recv(fds[i], answer, 6, MSG_WAITALL) == 6);
			CHECK(read(fds[i], answer, sizeof(answer)) == 0);
			close(fds[i]);
		}
	}
}

static void serve(int conn)
{
	char question[8];

	CHECK(recv(conn, question, sizeof(question), MSG_WAITALL) == sizeof(question));
	CHECK(write(conn, "answer", 6) == 6);
}

int main(void)
{
	struct address addr;
	int fd = listening(CLIENTS, &addr), conn, i, status;

	if (MUST(fork()) == 0) {
		close(fd);
		client(&addr);
		return 0;
	}
	for (i = 0; i < CLIENTS * ROUNDS; i++) {
		conn = MUST(accept(fd, NULL, NULL));
		if (MUST(fork()) == 0) {
			close(fd);
			serve(conn);
			return 0;
		}
		close(conn);
	}
	while (wait(&status) > 0)
		CHECK(status == 0);
	return 0;
}
