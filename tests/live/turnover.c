// SPDX-License-Identifier: GPL-2.0-only
/*
 * turnover SOCKETS [WORKERS]: makes that many sockets and closes them, as fast as it can, with never more than a few open. Each
 * worker makes TCP connections over lo and accepts them, unix pairs and UDP sockets; children that come and go have some of
 * theirs closed by their exit. Says how many sockets there were in all.
 */
#include "../scenarios/scenario.h"

#define OPEN 64 /* pairs that a worker holds open */
#define FORKS 200 /* rounds from one child to the next */
#define PER_ROUND 6 /* sockets: a connection's two, a pair, two of UDP */
#define PER_CHILD 3
#define OF_WORKER 2 /* its listener, and a UDP socket */

/* A reset at the end: no port waits for what may still come (TIME_WAIT), so that they are enough. */
static void connect_and_accept(int listener, const struct address *addr)
{
	const struct linger reset = { .l_onoff = 1 };
	int client = connected(SOCK_STREAM, addr), server = MUST(accept4(listener, NULL, NULL, SOCK_CLOEXEC));

	MUST(setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)));
	close(client);
	close(server);
}

static void datagrams(int to, const struct address *addr)
{
	int first = MUST(socket(AF_INET, SOCK_DGRAM, 0)), second = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	char byte;

	MUST(sendto(first, "a", 1, 0, AT(*addr)));
	MUST(recv(to, &byte, 1, 0));
	close(second);
	close(first);
}

/* Its sockets and the copies of its parent's end with it. */
static void child(void)
{
	int fds[2];

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, fds));
	MUST(socket(AF_INET, SOCK_DGRAM, 0));
	_exit(0);
}

static int forked(void)
{
	int status;
	pid_t pid = MUST(fork());

	if (!pid)
		child();
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	return PER_CHILD;
}

static long work(long sockets)
{
	struct address addr, to_addr;
	int pairs[OPEN][2], *pair, listener = listening(8, &addr), to = bound(SOCK_DGRAM, &to_addr);
	long made = OF_WORKER, rounds;

	for (rounds = 0; made < sockets; rounds++) {
		pair = pairs[rounds % OPEN];
		if (rounds >= OPEN) {
			close(pair[0]);
			close(pair[1]);
		}
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
		connect_and_accept(listener, &addr);
		datagrams(to, &to_addr);
		made += PER_ROUND + (rounds % FORKS ? 0 : forked());
	}
	close(listener);
	close(to);
	return made;
}

int main(int argc, char **argv)
{
	long sockets = argc > 1 ? atol(argv[1]) : 10000, workers = argc > 2 ? atol(argv[2]) : 2, made = 0, one;
	int said[2], i;

	MUST(pipe2(said, O_CLOEXEC));
	for (i = 0; i < workers; i++)
		if (!MUST(fork())) {
			one = work(sockets / workers);
			CHECK(write(said[1], &one, sizeof(one)) == sizeof(one));
			return 0;
		}
	for (i = 0; i < workers; i++) {
		CHECK(read(said[0], &one, sizeof(one)) == sizeof(one));
		made += one;
	}
	while (wait(&i) > 0)
		CHECK(i == 0);
	printf("%ld\n", made);
	return 0;
}
