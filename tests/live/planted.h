/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be changed in planted.c, and which of its sockets and processes must then differ from those of a run without a
 * change. `role`: at both, `-role` and `+role`: only in the run without it, or with it, `@role`: a process,
 * `~role`: only where every call counts (--strict).
 */
#ifndef PLANTED_H
#define PLANTED_H

#include "../scenarios/scenario.h"

#define CHANGES(X) \
	X(NOTHING, "nothing", "") \
	X(BACKLOG, "a backlog of 16, not of 8", "tcp-listener") \
	X(NO_BIND, "a listener that is not bound", "tcp-listener") \
	X(OTHER_ADDRESS, "127.0.0.2, not 127.0.0.1", "tcp-listener tcp-client1 tcp-conn1 tcp-client2 tcp-conn2") \
	X(IPV6, "IPv6, not IPv4", \
	  "-tcp-listener -tcp-client1 -tcp-conn1 -tcp-client2 -tcp-conn2 " \
	  "+tcp-listener +tcp-client1 +tcp-conn1 +tcp-client2 +tcp-conn2") \
	X(NO_REUSEADDR, "no SO_REUSEADDR", "tcp-listener") \
	X(ACCEPT4, "accept4() with SOCK_CLOEXEC, not accept()", "tcp-listener tcp-conn1") \
	X(NODELAY, "an option more", "tcp-conn1") \
	X(NO_CLOSE, "a close() less", "tcp-conn1") \
	X(CLOSE_FIRST, "the server closes first", "tcp-conn1 tcp-client1") \
	X(SENDMSG, "sendmsg(), not send()", "tcp-conn1") \
	X(SPLIT_READ, "two recv() for one", "~tcp-conn1") \
	X(CHILD_MORE, "a process more", "+@tcp-extra tcp-conn1") \
	X(KILLED, "a process killed while connected", "@tcp-worker1 tcp-conn1 tcp-client1") \
	X(STATUS, "another exit status", "@tcp-client2") \
	X(CONNECT_TWICE, "connect() on a connected socket", "tcp-client1") \
	X(FEWER_BYTES, "half the bytes sent", "tcp-client1 tcp-conn1") \
	X(PEEK, "MSG_PEEK before recv()", "tcp-client1") \
	X(UNREAD, "closed with bytes unread", "tcp-client1 tcp-conn1") \
	X(LINGER, "SO_LINGER of 0", "tcp-client1 tcp-conn1") \
	X(NO_SHUTDOWN, "no shutdown(SHUT_WR)", "tcp-client1") \
	X(TIMEOUT, "SO_RCVTIMEO elapses", "tcp-client1 tcp-conn1") \
	X(RETRY, "a retry more", "retry-client") \
	X(UNREACHABLE, "ENETUNREACH, not ECONNREFUSED", "retry-client") \
	X(NO_LISTEN, "no listen()", "retry-target retry-client -retry-conn") \
	X(NEW_SOCKET, "the last retry by another socket", "retry-client +retry-before") \
	X(NO_NONBLOCK, "no SOCK_NONBLOCK", "async-client") \
	X(NO_POLL, "SO_ERROR without poll()", "async-client") \
	X(NO_SO_ERROR, "poll() without SO_ERROR", "async-client") \
	X(BLOCKING, "blocking again", "async-client") \
	X(EARLY_READ, "a recv() before there is anything: EAGAIN", "~async-client") \
	X(LEAK, "a descriptor never closed", "async-client") \
	X(REFUSED_LATE, "the non-blocking connect() is refused", "-async-conn async-client async-listener") \
	X(LEFT_IN_QUEUE, "a connection never accepted", "queue-listener queue-client3 -queue-conn3") \
	X(CLOSE_ORDER, "a client closes before the server", "queue-client1 queue-conn1") \
	X(NOT_THERE, "ENOENT, not ECONNREFUSED", "unix-client") \
	X(ABSTRACT, "an abstract name, not a path", "unix-listener unix-client unix-conn") \
	X(SEQPACKET, "SOCK_SEQPACKET, not SOCK_STREAM", \
	  "-unix-refuses -unix-listener -unix-client -unix-conn +unix-refuses +unix-listener +unix-client +unix-conn") \
	X(NOT_PASSED, "a message without the descriptor", "unix-client unix-conn passed") \
	X(NEVER_RECEIVED, "a descriptor passed and never received", "unix-client unix-conn passed") \
	X(CMSG_CLOEXEC, "received with MSG_CMSG_CLOEXEC", "unix-conn") \
	X(KEPT, "a received descriptor never closed", "passed") \
	X(MORE_MESSAGES, "a message more", "udp-client udp-server") \
	X(LONGER, "a longer message", "udp-client udp-server") \
	X(TRUNCATED, "a buffer too small for the message", "udp-server") \
	X(BOUND_CLIENT, "a client that is bound", "udp-client") \
	X(LEFT_UNREAD, "a message never received", "udp-server") \
	X(PORT_GONE, "ECONNREFUSED of an earlier send()", "udp-client udp-server") \
	X(EMPTY_MESSAGE, "a message of no bytes more", "pair-parent pair-child") \
	X(SHUT_TWICE, "shutdown(SHUT_RDWR) before close()", "stream-parent stream-child") \
	X(SIGPIPE_KILLS, "SIGPIPE, not EPIPE", "@pair-child pair-child stream-child") \
	X(LEAK_BY_EXEC, "no SOCK_CLOEXEC: a descriptor leaks", "exec-private") \
	X(DUP2, "dup2() onto a socket", "exec-private exec-kept") \
	X(EXEC_STATUS, "the program started has another status", "@exec-child") \
	X(CLOSE_RANGE, "close_range(), not close()", "exec-kept") \
	X(CROWD_BYTES, "one of three clients at once sends more", "crowd-client2 crowd-conn2") \
	X(CROWD_OF_FOUR, "a fourth client at once", "+crowd-client4 +crowd-conn4 crowd-listener") \
	X(FLEET_BYTES, "one of three processes at once sends more", "fleet-client2 fleet-conn2") \
	X(FLEET_STATUS, "one of three workers at once exits otherwise", "@fleet-conn2 fleet-conn2")

#define CHANGE_NUMBER(name, what, differs) name,
enum change { CHANGES(CHANGE_NUMBER) CHANGE_COUNT };

struct change_row {
	const char *what, *differs;
};

#define CHANGE_ROW(name, what, differs) { what, differs },
static const struct change_row changes[] = { CHANGES(CHANGE_ROW) };

static enum change change;

static inline bool planted(enum change which)
{
	return change == which;
}

static inline int made(const char *role, int fd)
{
	struct stat st;

	CHECK(fd >= 0 && !fstat(fd, &st));
	dprintf(1, "%s %lu\n", role, st.st_ino);
	return fd;
}

/* As fork(). */
static inline pid_t child(const char *role)
{
	pid_t pid = MUST(fork());

	if (!pid)
		dprintf(1, "@%s %d\n", role, getpid());
	return pid;
}

static inline struct address name_of(int fd)
{
	struct address addr = { .len = sizeof(addr.un) };

	MUST(getsockname(fd, &addr.sa, &addr.len));
	return addr;
}

static inline void send_bytes(int fd, size_t bytes, int flags)
{
	char text[1024] = "";

	CHECK(send(fd, text, bytes, flags) == (ssize_t)bytes);
}

static inline void recv_bytes(int fd, size_t bytes, int flags)
{
	char text[1024];

	CHECK(recv(fd, text, bytes, flags | MSG_WAITALL) == (ssize_t)bytes);
}

/* -1: the peer has reset it. */
static inline size_t read_all(int fd)
{
	size_t all = 0;
	char text[64];
	ssize_t n;

	while ((n = read(fd, text, sizeof(text))) > 0)
		all += n;
	CHECK(n == 0 || errno == ECONNRESET);
	return n ? (size_t)-1 : all;
}

#endif
