/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the scenarios share: a call that must succeed or fail as said, addresses, and waiting without a traced call, so that
 * every run makes the same calls in the same order. Anything unexpected ends the program with status 1.
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(what) \
	do { \
		if (!(what)) { \
			fprintf(stderr, "%s:%d: %s: %m\n", __FILE__, __LINE__, #what); \
			_exit(1); \
		} \
	} while (0)
#define FAILS(err, call) CHECK((call) == -1 && errno == (err))

/* The value of a call that must not fail. */
#define MUST(call) \
	({ \
		__typeof__(call) result_ = (call); \
		CHECK(result_ != (__typeof__(call))-1); \
		result_; \
	})

#define SA(addr) ((struct sockaddr *)&(addr))

static inline struct sockaddr_in loopback(in_port_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static inline struct sockaddr_in local_of(int fd)
{
	struct sockaddr_in addr;
	socklen_t len = sizeof(addr);

	MUST(getsockname(fd, SA(addr), &len));
	return addr;
}

/* Bound to a port of 127.0.0.1 that the kernel chose. */
static inline int inet_bound(int type, struct sockaddr_in *addr)
{
	int fd = MUST(socket(AF_INET, type, 0));

	*addr = loopback(0);
	MUST(bind(fd, SA(*addr), sizeof(*addr)));
	*addr = local_of(fd);
	return fd;
}

static inline int tcp_listener(int backlog, struct sockaddr_in *addr)
{
	int fd = inet_bound(SOCK_STREAM, addr);

	MUST(listen(fd, backlog));
	return fd;
}

static inline int tcp_client(const struct sockaddr_in *addr)
{
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

	MUST(connect(fd, (const struct sockaddr *)addr, sizeof(*addr)));
	return fd;
}

struct tcp {
	int listener, client, server;
	struct sockaddr_in addr; /* the listener's */
};

static inline struct tcp tcp_connected(void)
{
	struct tcp t;

	t.listener = tcp_listener(1, &t.addr);
	t.client = tcp_client(&t.addr);
	t.server = MUST(accept(t.listener, NULL, NULL));
	return t;
}

/* A name relative to the current directory, or abstract with its NUL. */
static inline socklen_t unix_name(struct sockaddr_un *addr, const void *name, size_t len)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	memcpy(addr->sun_path, name, len);
	return offsetof(struct sockaddr_un, sun_path) + len;
}

static inline int unix_bound(int type, const char *path)
{
	struct sockaddr_un addr;
	socklen_t len = unix_name(&addr, path, strlen(path) + 1);
	int fd = MUST(socket(AF_UNIX, type, 0));

	MUST(bind(fd, SA(addr), len));
	return fd;
}

/* poll() is not traced: what the kernel still has to do is done when it returns. */
static inline void wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	CHECK(poll(&p, 1, 5000) == 1 && p.revents & events);
}

static inline void wait_child(pid_t pid)
{
	CHECK(waitpid(pid, NULL, 0) == pid);
}

/* Until the thread or process, which has nothing else to wait for, is blocked in its call. */
static inline void wait_blocked(pid_t tid)
{
	char path[64], text[512];
	const char *state;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", tid);
	for (;;) {
		f = fopen(path, "re");
		CHECK(f && fgets(text, sizeof(text), f));
		fclose(f);
		state = strrchr(text, ')');
		CHECK(state);
		if (state[2] == 'S')
			return;
		usleep(1000);
	}
}

#endif
