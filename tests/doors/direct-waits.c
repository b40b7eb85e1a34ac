// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a 32-bit program learns of its connect(): 168 poll, 142 _newselect, 309 ppoll, 308 pselect6, 256 epoll_wait,
 * 319 epoll_pwait, and with a struct timespec of 64 bits 414 ppoll, 413 pselect6, 441 epoll_pwait2, and with its
 * arguments in memory 82 select.
 */
#include <sys/epoll.h>
#include <sys/select.h>

#include "door.h"

static struct address addr;
static const int32_t limit[2] = { 5, 0 };
static const int64_t limit64[2] = { 5, 0 };

static int connecting(void)
{
	int fd = MUST(DOOR(SYS_socket, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));

	FAILS(EINPROGRESS, DOOR(SYS_connect, fd, AT(addr)));
	wait_decided(fd);
	return fd;
}

static void by_poll(void)
{
	struct pollfd p = { .fd = connecting(), .events = POLLOUT };

	CHECK(DOOR(SYS_poll, &p, 1, 5000) == 1);
	close(p.fd);
	p.fd = connecting();
	CHECK(DOOR(SYS_ppoll, &p, 1, limit, NULL, 0) == 1);
	close(p.fd);
	p.fd = connecting();
	CHECK(DOOR(SYS_ppoll_time64, &p, 1, limit64, NULL, 0) == 1);
	close(p.fd);
}

static void by_select(void)
{
	const struct {
		long call;
		const void *limit;
	} * way, ways[] = { { SYS__newselect, NULL }, { SYS_pselect6, limit }, { SYS_pselect6_time64, limit64 } };
	fd_set set;
	int fd;

	for (way = ways; way < ways + 3; way++) {
		fd = connecting();
		FD_ZERO(&set);
		FD_SET(fd, &set);
		CHECK(DOOR(way->call, fd + 1, NULL, &set, NULL, way->limit, NULL) == 1);
		close(fd);
	}
}

/* arch/x86/include/asm/syscalls, old_select(): its arguments in a struct. */
static void by_old_select(void)
{
	int fd = connecting();
	fd_set set;
	struct {
		long n;
		fd_set *in, *out, *ex;
		struct timeval *limit;
	} args = { fd + 1, NULL, &set, NULL, NULL };

	FD_ZERO(&set);
	FD_SET(fd, &set);
	CHECK(DOOR(SYS_select, &args) == 1);
	close(fd);
}

static void by_epoll(void)
{
	const struct {
		long call;
		const void *limit;
	} * way, ways[] = { { SYS_epoll_wait, (void *)5000 },
			    { SYS_epoll_pwait, (void *)5000 },
			    { SYS_epoll_pwait2, limit64 } };
	struct epoll_event event = { .events = EPOLLOUT };
	int fd, set;

	for (way = ways; way < ways + 3; way++) {
		fd = connecting();
		set = MUST(epoll_create1(EPOLL_CLOEXEC));
		MUST(DOOR(SYS_epoll_ctl, set, EPOLL_CTL_ADD, fd, &event));
		CHECK(DOOR(way->call, set, &event, 1, way->limit, NULL, 0) == 1);
		close(set);
		close(fd);
	}
}

int main(void)
{
	int listener = MUST(DOOR(SYS_socket, AF_INET, SOCK_STREAM, 0));

	addr = any_address();
	MUST(DOOR(SYS_bind, listener, AT(addr)));
	MUST(DOOR(SYS_getsockname, listener, INTO(addr)));
	MUST(DOOR(SYS_listen, listener, 16));
	by_poll();
	by_select();
	by_old_select();
	by_epoll();
	close(listener);
	return 0;
}
