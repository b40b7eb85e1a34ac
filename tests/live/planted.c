// SPDX-License-Identifier: GPL-2.0-only
/*
 * planted [PART]: what programs do with sockets, for `socklife diff` to find the change that CHANGE says (in the environment, for
 * arguments are recorded; planted.h). `planted table`: them all. Standard output says which socket (by its inode) and process
 * (by its pid) has which role. Every run makes the same calls; in what order those of the crowd come is chance.
 */
#include "../scenarios/rights.h"
#include "planted-tcp.h"

#define CROWD 4

static const char *self; /* to exec */

/* rights: a client of a unix socket passes a descriptor. */
static void rights_client(const struct address *addr, const int sent[2])
{
	struct address none = unix_address("refuses", 8), any = any_address();
	int type = planted(SEQPACKET) ? SOCK_SEQPACKET : SOCK_STREAM;
	int fd = made("unix-client", socket(AF_UNIX, type, 0)), passed = made("passed", socket(AF_INET, SOCK_DGRAM, 0));

	if (planted(NOT_THERE)) {
		none = unix_address("missing", 8);
		FAILS(ENOENT, connect(fd, AT(none)));
	} else {
		FAILS(ECONNREFUSED, connect(fd, AT(none)));
	}
	MUST(bind(passed, AT(any)));
	MUST(connect(fd, AT(*addr)));
	if (planted(NOT_PASSED))
		send_bytes(fd, 1, 0);
	else
		give(fd, passed);
	close(passed);
	tell(sent);
	read_all(fd);
	close(fd);
	_exit(0);
}

static void rights(void)
{
	const int type = planted(SEQPACKET) ? SOCK_SEQPACKET : SOCK_STREAM;
	struct address addr = planted(ABSTRACT) ? unix_address("\0shop", 5) : unix_address("shop", 5);
	struct address none = unix_address("refuses", 8);
	int refuses = made("unix-refuses", socket(AF_UNIX, type, 0));
	int fd = made("unix-listener", socket(AF_UNIX, type, 0)), sent[2], conn, got;
	pid_t client;

	MUST(pipe(sent));
	MUST(bind(refuses, AT(none)));
	MUST(bind(fd, AT(addr)));
	MUST(listen(fd, 2));
	client = child("unix-client");
	if (!client) {
		close(refuses);
		close(fd);
		rights_client(&addr, sent);
	}
	conn = made("unix-conn", accept(fd, NULL, NULL));
	close(refuses);
	close(fd);
	wait_told(sent);
	if (planted(NOT_PASSED)) {
		recv_bytes(conn, 1, 0);
	} else if (!planted(NEVER_RECEIVED)) {
		got = take(conn, planted(CMSG_CLOEXEC) ? MSG_CMSG_CLOEXEC : 0);
		if (!planted(KEPT))
			close(got);
	}
	close(conn);
	wait_child(client);
}

/* udp: questions and answers, then a client that connects. */
static void udp(void)
{
	const int messages = planted(MORE_MESSAGES) ? 3 : 2;
	struct address addr, from, any = any_address();
	int server = made("udp-server", bound(SOCK_DGRAM, &addr)),
	    fd = made("udp-client", socket(AF_INET, SOCK_DGRAM, 0)), i;
	char text[64] = "";

	if (planted(BOUND_CLIENT))
		MUST(bind(fd, AT(any)));
	for (i = 0; i < messages; i++) {
		MUST(sendto(fd, text, planted(LONGER) && !i ? 9 : 8, 0, AT(addr)));
		MUST(recvfrom(server, text, planted(TRUNCATED) && !i ? 4 : sizeof(text), 0, INTO(from)));
		MUST(sendto(server, text, 12, 0, AT(from)));
		MUST(recv(fd, text, sizeof(text), 0));
	}
	MUST(connect(fd, AT(addr)));
	if (planted(PORT_GONE)) {
		close(server);
		send_bytes(fd, 5, 0);
		wait_for(fd, POLLERR);
		FAILS(ECONNREFUSED, send(fd, text, 5, 0));
	} else {
		send_bytes(fd, 5, 0);
		send_bytes(fd, 6, 0);
		MUST(read(server, text, sizeof(text)));
		if (!planted(LEFT_UNREAD))
			MUST(read(server, text, sizeof(text)));
		close(server);
	}
	close(fd);
}

/* pair: a process and its child by a pair of datagram sockets, and by one of streams. */
static void pair_child(int messages, int stream)
{
	char text[64];
	int i;

	for (i = planted(EMPTY_MESSAGE) ? -1 : 0; i < 3; i++)
		MUST(recv(messages, text, sizeof(text), 0));
	CHECK(read_all(stream) == 6);
	send_bytes(stream, 4, 0);
	wait_for(stream, POLLHUP);
	if (planted(SIGPIPE_KILLS))
		send(stream, text, 4, 0);
	FAILS(EPIPE, send(stream, text, 4, MSG_NOSIGNAL));
	close(messages);
	close(stream);
	_exit(0);
}

static void pair(void)
{
	int messages[2], stream[2], ready[2], i;
	pid_t pid;

	MUST(pipe(ready));
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, messages));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, stream));
	made("pair-parent", messages[0]);
	made("pair-child", messages[1]);
	made("stream-parent", stream[0]);
	made("stream-child", stream[1]);
	pid = child("pair-child");
	if (!pid) {
		close(messages[0]);
		close(stream[0]);
		wait_told(ready);
		pair_child(messages[1], stream[1]);
	}
	close(messages[1]);
	close(stream[1]);
	tell(ready);
	for (i = 0; i < 3; i++)
		send_bytes(messages[0], 8 + i, 0);
	if (planted(EMPTY_MESSAGE))
		send_bytes(messages[0], 0, 0);
	send_bytes(stream[0], 6, 0);
	MUST(shutdown(stream[0], SHUT_WR));
	recv_bytes(stream[0], 4, 0);
	if (planted(SHUT_TWICE))
		MUST(shutdown(stream[0], SHUT_RDWR));
	close(stream[0]);
	wait_child(pid);
	close(messages[0]);
}

/* exec: a program started with a descriptor that it is to have, and without another. */
static void exec(void)
{
	int flags = planted(LEAK_BY_EXEC) ? 0 : SOCK_CLOEXEC, kept, private;
	struct address addr;
	char text[16];
	pid_t pid;

	kept = made("exec-kept", bound(SOCK_DGRAM, &addr));
	private = made("exec-private", socket(AF_INET, SOCK_STREAM | flags, 0));
	if (planted(DUP2))
		MUST(dup2(kept, private));
	snprintf(text, sizeof(text), "%d", kept);
	pid = child("exec-child");
	if (!pid) {
		execl(self, self, "inherits", text, NULL);
		CHECK(!"exec");
	}
	wait_child(pid);
	if (planted(CLOSE_RANGE))
		MUST(syscall(SYS_close_range, kept, kept, 0));
	else
		close(kept);
	close(private);
}

/* crowd: a thread for each of several clients that come at once, each a thread too. fleet: the same with processes. */
static struct address meeting;
static bool forks;

static int met(const char *who, size_t n, int fd)
{
	char role[32];

	snprintf(role, sizeof(role), "@%s-%s%zu", forks ? "fleet" : "crowd", who, n);
	if (forks)
		dprintf(1, "%s %d\n", role, getpid());
	return made(role + 1, fd);
}

static void *meeting_client(void *number)
{
	const long n = (long)number;
	const bool more = n == 2 && (forks ? planted(FLEET_BYTES) : planted(CROWD_BYTES));
	int fd = met("client", n, connected(SOCK_STREAM, &meeting));

	send_bytes(fd, 100 * n + (more ? 50 : 0), 0);
	MUST(shutdown(fd, SHUT_WR));
	CHECK(read_all(fd) == (size_t)(20 * n));
	close(fd);
	return NULL;
}

static void *meeting_server(void *conn)
{
	const int fd = (int)(long)conn;
	const size_t n = read_all(fd) / 100;

	met("conn", n, fd);
	send_bytes(fd, 20 * n, 0);
	if (forks && n == 2 && planted(FLEET_STATUS))
		_exit(3);
	close(fd);
	return NULL;
}

static void beside(pthread_t *thread, void *(*work)(void *), void *arg)
{
	if (!forks) {
		CHECK(!pthread_create(thread, NULL, work, arg));
	} else if (!MUST(fork())) {
		work(arg);
		_exit(0);
	}
}

static void meet(const char *clients_role, const char *listener_role)
{
	const long count = planted(CROWD_OF_FOUR) && !forks ? CROWD : CROWD - 1;
	int fd = made(listener_role, listening(CROWD, &meeting)), conn;
	pid_t pid = child(clients_role);
	pthread_t threads[CROWD];
	long i;

	if (!pid)
		close(fd);
	for (i = 0; i < count; i++) {
		if (!pid) {
			beside(&threads[i], meeting_client, (void *)(i + 1));
			continue;
		}
		conn = MUST(accept(fd, NULL, NULL));
		beside(&threads[i], meeting_server, (void *)(long)conn);
		if (forks)
			close(conn);
	}
	for (i = 0; i < count && !forks; i++)
		CHECK(!pthread_join(threads[i], NULL));
	while (wait(NULL) > 0)
		;
	if (!pid)
		_exit(0);
	close(fd);
}

static void crowd(void)
{
	meet("crowd-clients", "crowd-listener");
}

static void fleet(void)
{
	forks = true;
	meet("fleet-clients", "fleet-listener");
}

static const struct part {
	const char *name;
	void (*run)(void);
} parts[] = {
	{ "tcp", tcp }, { "retry", retry }, { "async", async }, { "queue", queue }, { "rights", rights },
	{ "udp", udp }, { "pair", pair },   { "exec", exec },   { "crowd", crowd }, { "fleet", fleet },
};

static int table(void)
{
	size_t i;

	for (i = 0; i < CHANGE_COUNT; i++)
		printf("%zu\t%s\t%s\n", i, changes[i].what, changes[i].differs);
	return 0;
}

int main(int argc, char **argv)
{
	const char *which = getenv("CHANGE");
	const struct part *part;
	int status;
	pid_t pid;

	self = argv[0];
	change = which ? atoi(which) : NOTHING;
	if (argc == 2 && !strcmp(argv[1], "table"))
		return table();
	if (argc == 3 && !strcmp(argv[1], "inherits")) {
		name_of(atoi(argv[2]));
		return planted(EXEC_STATUS) ? 9 : 0;
	}
	for (part = parts; part < parts + sizeof(parts) / sizeof(*parts); part++) {
		if (argc > 1 && strcmp(argv[1], part->name))
			continue;
		pid = child(part->name);
		if (!pid) {
			part->run();
			return 0;
		}
		CHECK(waitpid(pid, &status, 0) == pid && !status);
	}
	return 0;
}
