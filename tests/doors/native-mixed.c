// SPDX-License-Identifier: GPL-2.0-only
/*
 * A 64-bit program whose calls on the same sockets are in turn native and by int 0x80, where the same number is another
 * call: 3 is close() and read(), 41 socket() and dup(), 102 getuid() and socketcall().
 */
#include "native.h"

int main(void)
{
	struct low *low = low_memory();
	int pair[2], fd;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	strcpy(low->out, "hello");
	CHECK(write(pair[0], "native", 6) == 6);
	CHECK(DOOR(IA32_READ, pair[1], low->in, 16) == 6);
	CHECK(SUB(SYS_SEND, pair[0], low->out, 5, 0) == 5);
	CHECK(recv(pair[1], low->in, 16, 0) == 5);
	low->parts[0] = part(low->out, 2);
	low->parts[1] = part(low->out, 3);
	CHECK(DOOR(IA32_WRITEV, pair[1], low->parts, 2) == 5);
	CHECK(read(pair[0], low->in, 16) == 5);
	CHECK((uid_t)syscall(SYS_getuid) == getuid());
	fd = MUST(DOOR(IA32_DUP, pair[0]));
	MUST(close(fd));
	fd = MUST(DOOR(IA32_SOCKET, AF_INET, SOCK_DGRAM, 0));
	MUST(shutdown(pair[0], SHUT_WR));
	CHECK(DOOR(IA32_READ, pair[1], low->in, 16) == 0);
	MUST(DOOR(IA32_CLOSE, pair[0]));
	FAILS(EBADF, send(pair[0], "lost", 4, 0));
	MUST(close(pair[1]));
	MUST(close(fd));
	return 0;
}
