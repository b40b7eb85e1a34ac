// SPDX-License-Identifier: GPL-2.0-only
/*
 * pass: one process opens listeners and hands them on. A service gets them as systemd hands them to one (sd_listen_fds(3): from
 * descriptor 3 on, through exec, LISTEN_FDS says how many) and answers a connection of each itself, passes the next of each
 * to a worker by SCM_RIGHTS, as the privilege separation of sshd does, and at last the listeners, all in one message. The
 * worker was there before them and has nothing but the channel. The clients are the first process's.
 */
#include "../scenarios/scenario.h"

#define PORT 9022
#define PATH "pass.sock"
#define FIRST 3 /* SD_LISTEN_FDS_START */
#define COUNT 3 /* listeners */
#define CHANNEL (FIRST + COUNT)

union rights {
	struct cmsghdr head;
	char space[CMSG_SPACE(sizeof(int) * COUNT)];
};

static struct address address(int i)
{
	struct address in6 = {
		.in6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT), .sin6_addr = in6addr_loopback },
		.len = sizeof(in6.in6)
	};
	struct address in = any_address();

	in.in.sin_port = htons(PORT);
	return i == 0 ? in : i == 1 ? in6 : unix_address(PATH, sizeof(PATH));
}

static void give(const int *fds, int count)
{
	union rights rights = {};
	struct iovec data = { &count, sizeof(count) };
	struct msghdr msg = { .msg_iov = &data,
			      .msg_iovlen = 1,
			      .msg_control = &rights,
			      .msg_controllen = CMSG_SPACE(sizeof(int) * count) };

	rights.head = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int) * count),
					.cmsg_level = SOL_SOCKET,
					.cmsg_type = SCM_RIGHTS };
	memcpy(CMSG_DATA(&rights.head), fds, sizeof(int) * count);
	CHECK(sendmsg(CHANNEL, &msg, 0) == sizeof(count));
	while (count--)
		close(fds[count]);
}

static void take(int *fds, int count)
{
	union rights rights = {};
	struct iovec data = { &count, sizeof(count) };
	struct msghdr msg = {
		.msg_iov = &data, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof(rights)
	};

	CHECK(recvmsg(CHANNEL, &msg, MSG_CMSG_CLOEXEC) == sizeof(count));
	CHECK(rights.head.cmsg_type == SCM_RIGHTS && rights.head.cmsg_len == CMSG_LEN(sizeof(int) * count));
	memcpy(fds, CMSG_DATA(&rights.head), sizeof(int) * count);
}

static void answer(int conn)
{
	char text[64];
	ssize_t len;

	while ((len = MUST(read(conn, text, sizeof(text)))) > 0)
		CHECK(write(conn, text, len) == len);
	close(conn);
}

static void worker(void)
{
	int fds[COUNT], i;

	for (i = 0; i < COUNT; i++) {
		take(fds, 1);
		answer(fds[0]);
	}
	take(fds, COUNT);
	for (i = 0; i < COUNT; i++)
		answer(MUST(accept4(fds[i], NULL, NULL, SOCK_CLOEXEC)));
}

static void service(void)
{
	const char *count = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
	int fds[COUNT], i;

	CHECK(count && atoi(count) == COUNT && pid && atoi(pid) == getpid());
	for (i = 0; i < COUNT; i++)
		answer(MUST(accept(fds[i] = FIRST + i, NULL, NULL)));
	for (i = 0; i < COUNT; i++)
		give((int[]){ MUST(accept(fds[i], NULL, NULL)) }, 1);
	give(fds, COUNT);
}

static void ask(int i)
{
	struct address addr = address(i);
	int fd = MUST(socket(addr.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
	char text[64];

	MUST(connect(fd, AT(addr)));
	CHECK(send(fd, "is there anybody", 16, 0) == 16);
	MUST(shutdown(fd, SHUT_WR));
	CHECK(recv(fd, text, sizeof(text), MSG_WAITALL) == 16);
	close(fd);
}

/* The service, with the listeners from FIRST on and the channel behind them. */
static void activate(void)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", getpid());
	setenv("LISTEN_PID", number, 1);
	snprintf(number, sizeof(number), "%d", COUNT);
	setenv("LISTEN_FDS", number, 1);
	execl("/proc/self/exe", "pass", "service", NULL);
	_exit(1);
}

static void open_listeners(void)
{
	struct address addr;
	int i, fd;

	for (i = 0; i < COUNT; i++) {
		addr = address(i);
		fd = MUST(socket(addr.sa.sa_family, SOCK_STREAM, 0));
		CHECK(fd == FIRST + i);
		MUST(bind(fd, AT(addr)));
		MUST(listen(fd, COUNT));
	}
}

int main(int argc, char **argv)
{
	int pair[2], i, status;

	if (argc > 1 && !strcmp(argv[1], "service")) {
		service();
		return 0;
	}
	for (i = FIRST; i < FIRST + 16; i++) /* whatever was handed to us */
		close(i);
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair));
	MUST(dup2(pair[1], CHANNEL + 1));
	MUST(dup2(pair[0], CHANNEL));
	close(pair[0]);
	close(pair[1]);
	if (MUST(fork()) == 0) {
		MUST(dup2(CHANNEL + 1, CHANNEL));
		close(CHANNEL + 1);
		worker();
		return 0;
	}
	close(CHANNEL + 1);
	open_listeners();
	if (MUST(fork()) == 0)
		activate();
	for (i = FIRST; i <= CHANNEL; i++)
		close(i);
	for (i = 0; i < COUNT * COUNT; i++)
		ask(i % COUNT);
	unlink(PATH);
	while (wait(&status) > 0)
		CHECK(status == 0);
	return 0;
}
