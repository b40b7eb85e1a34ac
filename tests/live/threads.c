// SPDX-License-Identifier: GPL-2.0-only
/* threads: 64 threads open and close sockets as fast as they can, in one descriptor table. Prints how many of each there were. */
#include "../scenarios/scenario.h"

#define THREADS 64
#define ROUNDS 63

struct work {
	pthread_t thread;
	int sockets, descriptors;
};

static void opened(struct work *w, int sockets, int descriptors)
{
	w->sockets += sockets;
	w->descriptors += descriptors;
}

static void *work(void *arg)
{
	struct address addr = any_address();
	struct work *w = arg;
	int i, fd, pair[2];

	for (i = 0; i < ROUNDS; i++) {
		close(MUST(socket(AF_INET, SOCK_STREAM, 0)));
		opened(w, 1, 1);

		fd = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
		close(MUST(dup(fd)));
		close(fd);
		opened(w, 1, 2);

		fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
		MUST(bind(fd, AT(addr)));
		close(fd);
		opened(w, 1, 1);

		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
		CHECK(write(pair[0], "x", 1) == 1);
		close(pair[0]);
		close(pair[1]);
		opened(w, 2, 2);
	}
	return NULL;
}

int main(void)
{
	struct work works[THREADS] = {}, all = {};
	int i;

	for (i = 0; i < THREADS; i++)
		CHECK(pthread_create(&works[i].thread, NULL, work, &works[i]) == 0);
	for (i = 0; i < THREADS; i++) {
		CHECK(pthread_join(works[i].thread, NULL) == 0);
		opened(&all, works[i].sockets, works[i].descriptors);
	}
	printf("%d %d\n", all.sockets, all.descriptors);
	return 0;
}
