// SPDX-License-Identifier: GPL-2.0-only
/* many: 10,000 connections at once, from one process to another, in batches that the accept queue has room for. */
#include <sys/resource.h>

#include "../scenarios/scenario.h"

#define COUNT 10000
#define BATCH 100

static void serve(int listener)
{
	static int fds[COUNT];
	char question[5];
	int i;

	for (i = 0; i < COUNT; i++) {
		fds[i] = MUST(accept(listener, NULL, NULL));
		CHECK(recv(fds[i], question, sizeof(question), MSG_WAITALL) == sizeof(question));
		CHECK(send(fds[i], "yes", 3, 0) == 3);
	}
	for (i = 0; i < COUNT; i++) {
		CHECK(read(fds[i], question, sizeof(question)) == 0);
		close(fds[i]);
	}
}

static void ask(const struct address *addr)
{
	static int fds[COUNT];
	char answer[3];
	int i, j;

	for (i = 0; i < COUNT; i += BATCH) {
		for (j = i; j < i + BATCH; j++) {
			fds[j] = connected(SOCK_STREAM, addr);
			CHECK(send(fds[j], "there", 5, 0) == 5);
		}
		for (j = i; j < i + BATCH; j++)
			CHECK(recv(fds[j], answer, sizeof(answer), MSG_WAITALL) == sizeof(answer));
	}
	for (i = 0; i < COUNT; i++)
		close(fds[i]);
}

int main(void)
{
	struct rlimit limit;
	struct address addr;
	int listener, status;

	MUST(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = limit.rlim_max;
	MUST(setrlimit(RLIMIT_NOFILE, &limit));
	listener = listening(BATCH, &addr);
	if (MUST(fork()) == 0) {
		serve(listener);
		return 0;
	}
	close(listener);
	ask(&addr);
	CHECK(wait(&status) > 0 && status == 0);
	return 0;
}
