/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of planted.c that are TCP: a forking server, a client that tries again, a connect() that does not block, a queue.
 */
#ifndef PLANTED_TCP_H
#define PLANTED_TCP_H

#include <sys/ioctl.h>

#include "planted.h"

#define REPLY 20

/* tcp: a server that forks for each of its clients, who come one after the other. */
static const char *const clients[] = { "tcp-client1", "tcp-client2" };
static const char *const conns[] = { "tcp-conn1", "tcp-conn2" };
static const char *const workers[] = { "tcp-worker1", "tcp-worker2" };

static void tcp_worker(int conn, bool first, size_t bytes)
{
	const int on = 1;
	char text[REPLY] = "";
	struct iovec iov = { text, sizeof(text) };
	const struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (first && planted(NODELAY))
		MUST(setsockopt(conn, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
	if (first && planted(CHILD_MORE)) {
		if (!child("tcp-extra"))
			_exit(0);
		MUST(wait(NULL));
	}
	if (first && planted(SPLIT_READ)) {
		recv_bytes(conn, 4, 0);
		bytes -= 4;
	}
	recv_bytes(conn, bytes, 0);
	if (first && planted(SENDMSG))
		CHECK(sendmsg(conn, &msg, 0) == REPLY);
	else if (!first || !planted(TIMEOUT))
		send_bytes(conn, REPLY, 0);
	if (!first || !planted(CLOSE_FIRST))
		read_all(conn);
	if (!first || !planted(NO_CLOSE))
		close(conn);
}

static void tcp_client_first(int fd, const struct address *addr, size_t bytes, const int replied[2])
{
	const struct linger none = { .l_onoff = 1 };
	const struct timeval short_time = { .tv_usec = 20000 };

	if (planted(CONNECT_TWICE))
		FAILS(EISCONN, connect(fd, AT(*addr)));
	send_bytes(fd, bytes, 0);
	if (planted(TIMEOUT)) {
		MUST(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &short_time, sizeof(short_time)));
		FAILS(EAGAIN, recv(fd, (char[REPLY]){}, REPLY, 0));
		return;
	}
	if (planted(UNREAD)) {
		wait_for(fd, POLLIN);
		return;
	}
	if (planted(PEEK))
		recv_bytes(fd, REPLY, MSG_PEEK);
	recv_bytes(fd, REPLY, 0);
	tell(replied);
	if (planted(CLOSE_FIRST) || planted(KILLED))
		CHECK(read_all(fd) == 0);
	if (planted(LINGER))
		MUST(setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof(none)));
	if (planted(LINGER) || planted(NO_SHUTDOWN))
		return;
	MUST(shutdown(fd, SHUT_WR));
	CHECK(read_all(fd) == 0);
}

static void tcp_client(const struct address *addr, bool first, size_t bytes, const int replied[2])
{
	int fd = made(clients[!first], socket(addr->sa.sa_family, SOCK_STREAM, 0));

	MUST(connect(fd, AT(*addr)));
	if (first) {
		tcp_client_first(fd, addr, bytes, replied);
	} else {
		send_bytes(fd, bytes, 0);
		recv_bytes(fd, REPLY, 0);
		MUST(shutdown(fd, SHUT_WR));
		CHECK(read_all(fd) == 0);
	}
	close(fd);
	_exit(!first && planted(STATUS) ? 7 : 0);
}

static void tcp_serve(int listener, const struct address *addr, bool first)
{
	const size_t bytes = first && planted(FEWER_BYTES) ? 5 : 10;
	int closed[2], replied[2], conn;
	pid_t client, worker;

	MUST(pipe2(closed, O_CLOEXEC));
	MUST(pipe2(replied, O_CLOEXEC));
	client = child(clients[!first]);
	if (!client) {
		close(listener);
		tcp_client(addr, first, bytes, replied);
	}
	conn = made(conns[!first], first && planted(ACCEPT4) ? accept4(listener, NULL, NULL, SOCK_CLOEXEC)
							     : accept(listener, NULL, NULL));
	worker = child(workers[!first]);
	if (!worker) {
		close(listener);
		wait_told(closed);
		tcp_worker(conn, first, bytes);
		_exit(0);
	}
	close(conn);
	tell(closed);
	if (first && planted(KILLED)) {
		wait_told(replied);
		wait_blocked(worker);
		kill(worker, SIGKILL);
	}
	wait_child(client);
	wait_child(worker);
}

static inline void tcp(void)
{
	struct address addr = any_address();
	const int on = 1;
	int fd;

	if (planted(IPV6))
		addr = (struct address){ .in6 = { AF_INET6, .sin6_addr = in6addr_loopback }, .len = sizeof(addr.in6) };
	if (planted(OTHER_ADDRESS))
		addr.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
	fd = made("tcp-listener", socket(addr.sa.sa_family, SOCK_STREAM, 0));
	if (!planted(NO_REUSEADDR))
		MUST(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)));
	if (!planted(NO_BIND))
		MUST(bind(fd, AT(addr)));
	MUST(listen(fd, planted(BACKLOG) ? 16 : 8));
	addr.in.sin_port = name_of(fd).in.sin_port;
	tcp_serve(fd, &addr, true);
	tcp_serve(fd, &addr, false);
	close(fd);
}

/* retry: refused, refused, and then it works. */
static inline void retry(void)
{
	const int refusals = planted(RETRY) ? 3 : 2;
	struct address addr, far = far_address();
	int target = made("retry-target", bound(SOCK_STREAM, &addr)), fd, conn, i;

	fd = made(planted(NEW_SOCKET) ? "retry-before" : "retry-client", socket(AF_INET, SOCK_STREAM, 0));
	for (i = 0; i < refusals; i++) {
		if (i == 1 && planted(UNREACHABLE))
			FAILS(ENETUNREACH, connect(fd, AT(far)));
		else
			FAILS(ECONNREFUSED, connect(fd, AT(addr)));
	}
	if (planted(NEW_SOCKET)) {
		close(fd);
		fd = made("retry-client", socket(AF_INET, SOCK_STREAM, 0));
	}
	if (planted(NO_LISTEN)) {
		FAILS(ECONNREFUSED, connect(fd, AT(addr)));
	} else {
		MUST(listen(target, 1));
		MUST(connect(fd, AT(addr)));
		conn = made("retry-conn", accept(target, NULL, NULL));
		send_bytes(conn, 3, 0);
		close(conn);
		CHECK(read_all(fd) == 3);
	}
	close(fd);
	close(target);
}

static void close_pair(int server, int client, bool server_first)
{
	close(server_first ? server : client);
	wait_for(server_first ? client : server, POLLRDHUP);
	close(server_first ? client : server);
}

/* async: a connect() that does not block. */
static inline void async(void)
{
	int flags = planted(NO_NONBLOCK) ? 0 : SOCK_NONBLOCK, off = 0, error = -1, listener, fd, conn;
	struct address addr;
	socklen_t len = sizeof(error);

	listener = made("async-listener", planted(REFUSED_LATE) ? bound(SOCK_STREAM, &addr) : listening(4, &addr));
	fd = made("async-client", socket(AF_INET, SOCK_STREAM | flags, 0));
	if (flags)
		FAILS(EINPROGRESS, connect(fd, AT(addr)));
	else
		MUST(connect(fd, AT(addr)));
	if (planted(NO_POLL))
		wait_decided(fd);
	else
		wait_for(fd, POLLOUT);
	if (!planted(NO_SO_ERROR))
		MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
	if (!planted(REFUSED_LATE)) {
		if (planted(EARLY_READ))
			FAILS(EAGAIN, recv(fd, (char[4]){}, 4, 0));
		if (planted(BLOCKING))
			MUST(ioctl(fd, FIONBIO, &off));
		conn = made("async-conn", accept(listener, NULL, NULL));
		send_bytes(conn, 4, 0);
		wait_for(fd, POLLIN);
		recv_bytes(fd, 4, 0);
		if (planted(LEAK))
			MUST(dup(fd));
		close_pair(conn, fd, true);
	} else {
		close(fd);
	}
	close(listener);
}

/* queue: three connections wait for accept() at a time. */
static inline void queue(void)
{
	static const char *const from[] = { "queue-client1", "queue-client2", "queue-client3" };
	static const char *const to[] = { "queue-conn1", "queue-conn2", "queue-conn3" };
	int listener, fds[3], got[3], i, accepted = planted(LEFT_IN_QUEUE) ? 2 : 3;
	struct address addr;

	listener = made("queue-listener", listening(5, &addr));
	for (i = 0; i < 3; i++)
		fds[i] = made(from[i], connected(SOCK_STREAM, &addr));
	wait_queue(listener, 3);
	for (i = 0; i < accepted; i++)
		got[i] = made(to[i], accept(listener, NULL, NULL));
	close(listener);
	for (i = 0; i < accepted; i++)
		close_pair(got[i], fds[i], i || !planted(CLOSE_ORDER));
	if (accepted < 3) {
		wait_for(fds[2], POLLHUP);
		close(fds[2]);
	}
}

#endif
