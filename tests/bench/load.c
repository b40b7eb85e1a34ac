// SPDX-License-Identifier: GPL-2.0-only
/* load KIND TIMES: two system calls, again and again; prints ns per call. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int fd[2];
static char buf[32];

static bool pair_open(void)
{
	return !socketpair(AF_UNIX, SOCK_STREAM, 0, fd);
}

static bool pair_step(void)
{
	return send(fd[0], buf, sizeof(buf), 0) == sizeof(buf) && recv(fd[1], buf, sizeof(buf), 0) == sizeof(buf);
}

static bool pipe_open(void)
{
	return !pipe(fd);
}

static bool pipe_step(void)
{
	return write(fd[1], buf, sizeof(buf)) == sizeof(buf) && read(fd[0], buf, sizeof(buf)) == sizeof(buf);
}

static bool nothing_open(void)
{
	return true;
}

static bool getppid_step(void)
{
	return syscall(SYS_getppid) >= 0 && syscall(SYS_getppid) >= 0;
}

static const struct {
	const char *name;
	bool (*open)(void);
	bool (*step)(void);
} kinds[] = {
	{ "pair", pair_open, pair_step }, /* send and recv of 32 bytes on a unix stream socketpair */
	{ "pipe", pipe_open, pipe_step },
	{ "getppid", nothing_open, getppid_step },
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	long times = argc > 2 ? atol(argv[2]) : 0;
	unsigned int k = 0;
	double start;

	while (argc > 1 && k < sizeof(kinds) / sizeof(*kinds) && strcmp(kinds[k].name, argv[1]))
		k++;
	if (times < 1 || k == sizeof(kinds) / sizeof(*kinds) || !kinds[k].open())
		return 2;
	start = now();
	for (long i = 0; i < times; i++)
		if (!kinds[k].step())
			return 1;
	printf("%.1f\n", (now() - start) / (2.0 * times));
	return 0;
}
