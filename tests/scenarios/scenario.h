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
#include <sys/stat.h>
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

#define SKIPPED 77 /* the exit status where the kernel has not what a scenario is about */

/* The value of a call that must not fail. */
#define MUST(call) \
	({ \
		__typeof__(call) result_ = (call); \
		CHECK(result_ != (__typeof__(call))-1); \
		result_; \
	})

/* Of a scenario for several families: the one of its name (Makefile). */
#ifndef FAMILY
#define FAMILY AF_INET
#endif
#define IS_UNIX (FAMILY == AF_UNIX)

struct address {
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6; /* its port is where that of `in` is */
		struct sockaddr_un un;
	};
	socklen_t len;
};

/* The two arguments of a call that takes an address, and of one that fills it. */
#define AT(addr) &(addr).sa, (addr).len
#define INTO(addr) &(addr).sa, address_room(&(addr))

static inline socklen_t *address_room(struct address *addr)
{
	addr->len = FAMILY == AF_INET ? sizeof(addr->in) : FAMILY == AF_INET6 ? sizeof(addr->in6) : sizeof(addr->un);
	return &addr->len;
}

/* A name relative to the current directory, or abstract with its NUL. */
static inline struct address unix_address(const void *name, size_t len)
{
	struct address addr = { .un.sun_family = AF_UNIX, .len = offsetof(struct sockaddr_un, sun_path) + len };

	memcpy(addr.un.sun_path, name, len);
	return addr;
}

/* To bind: of the loopback with a port for the kernel to choose, or a path that is not there yet. */
static inline struct address any_address(void)
{
	static int paths;
	struct address addr = { .sa.sa_family = FAMILY };
	char path[16];

	if (IS_UNIX)
		return unix_address(path, 1 + snprintf(path, sizeof(path), "socket-%d", ++paths));
	address_room(&addr);
	if (FAMILY == AF_INET)
		addr.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		addr.in6.sin6_addr = in6addr_loopback;
	return addr;
}

/* Of the loopback, with a given port. */
static inline struct address loopback(in_port_t port)
{
	struct address addr = any_address();

	addr.in.sin_port = htons(port);
	return addr;
}

/* Nowhere near: an address for documentation (RFC 5737, RFC 3849), or a path in no directory. */
static inline struct address far_address(void)
{
	static const struct in6_addr far = { { { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 } } };
	struct address addr;

	if (IS_UNIX)
		return unix_address("none/socket", 12);
	addr = loopback(7777);
	if (FAMILY == AF_INET)
		addr.in.sin_addr.s_addr = htonl(0xc0000201);
	else
		addr.in6.sin6_addr = far;
	return addr;
}

static inline struct address local_of(int fd)
{
	struct address addr;

	MUST(getsockname(fd, INTO(addr)));
	return addr;
}

/* A new socket, bound to any address. */
static inline int bound(int type, struct address *addr)
{
	int fd = MUST(socket(FAMILY, type, 0));

	*addr = any_address();
	MUST(bind(fd, AT(*addr)));
	*addr = local_of(fd);
	return fd;
}

static inline int listening(int backlog, struct address *addr)
{
	int fd = bound(SOCK_STREAM, addr);

	MUST(listen(fd, backlog));
	return fd;
}

static inline int connected(int type, const struct address *addr)
{
	int fd = MUST(socket(FAMILY, type, 0));

	MUST(connect(fd, AT(*addr)));
	return fd;
}

struct stream {
	int listener, client, server;
	struct address addr; /* the listener's */
};

static inline struct stream connection(void)
{
	struct stream s;

	s.listener = listening(1, &s.addr);
	s.client = connected(SOCK_STREAM, &s.addr);
	s.server = MUST(accept(s.listener, NULL, NULL));
	return s;
}

/* Whether a TCP socket takes nothing that comes: ip(7), IP_MINTTL; what the loopback brings has a TTL of 64. */
static inline void set_deaf(int fd, bool deaf)
{
	const int ttl = deaf ? 255 : 0;

	if (FAMILY == AF_INET)
		MUST(setsockopt(fd, IPPROTO_IP, IP_MINTTL, &ttl, sizeof(ttl)));
	else
		MUST(setsockopt(fd, IPPROTO_IPV6, IPV6_MINHOPCOUNT, &ttl, sizeof(ttl)));
}

/* The server is to know of the client's end before its own, also where the kernel's own thread delivers it. */
static inline void close_all(const struct stream *s)
{
	struct pollfd p = { .fd = s->server, .events = POLLRDHUP };

	close(s->client);
	poll(&p, 1, 100);
	close(s->server);
	close(s->listener);
}

/* Of a socket that is connecting, poll() would tell the program. Of others it says that the kernel has done what it had to. */
static inline void wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	CHECK(poll(&p, 1, 5000) == 1 && p.revents & events);
}

/* What proc(5) has in /proc/net/tcp of a TCP socket, which tells the program nothing. false: closed, so not listed. */
static inline bool tcp_listed(int fd, unsigned int *state, unsigned int *unread)
{
	FILE *f = fopen(FAMILY == AF_INET ? "/proc/net/tcp" : "/proc/net/tcp6", "re");
	unsigned long inode = 0;
	char line[256];
	struct stat st;

	CHECK(f && !fstat(fd, &st));
	while (inode != st.st_ino && fgets(line, sizeof(line), f))
		if (sscanf(line, "%*s %*s %*s %x %*x:%x %*s %*s %*s %*s %lu", state, unread, &inode) != 3)
			inode = 0;
	fclose(f);
	return inode == st.st_ino;
}

/* Until a non-blocking connect() has come to its end in the kernel. */
static inline void wait_decided(int fd)
{
	unsigned int state, unread;

	while (tcp_listed(fd, &state, &unread) && state == TCP_SYN_SENT)
		usleep(1000);
}

/* Until as many connections wait for accept(). The ends of a unix connection meet at once. */
static inline void wait_queue(int listener, unsigned int depth)
{
	unsigned int state, waiting;

	while (!IS_UNIX && tcp_listed(listener, &state, &waiting) && waiting != depth)
		usleep(1000);
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

static inline void *interrupts(void *sig)
{
	wait_blocked(getpid());
	MUST(syscall(SYS_tgkill, getpid(), getpid(), *(const int *)sig));
	return NULL;
}

/* Of the main thread: the signal comes when it is blocked. */
static inline void interrupt_when_blocked(const int *sig)
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, interrupts, (void *)sig));
}

/* From one process or thread to another, by a pipe, of which nothing is recorded. */
static inline void tell(const int told[2])
{
	CHECK(write(told[1], "", 1) == 1);
}

static inline void wait_told(const int told[2])
{
	char c;

	CHECK(read(told[0], &c, 1) == 1);
}

#endif
