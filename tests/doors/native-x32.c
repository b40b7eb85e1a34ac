// SPDX-License-Identifier: GPL-2.0-only
/* Calls by x32's numbers (__X32_SYSCALL_BIT), of which those from 512 on have 32-bit layouts. Few kernels have them. */
#include <asm/unistd.h>

#include "native.h"

#define X32(number, ...) syscall(__X32_SYSCALL_BIT | (number), ##__VA_ARGS__)

enum x32 { /* arch/x86/entry/syscalls/syscall_64.tbl */
	   X32_WRITEV = 516,
	   X32_SENDMSG = 518,
	   X32_RECVMSG = 519,
};

int main(void)
{
	struct low *low = low_memory();
	long result = X32(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, low->pair);

	if (result < 0 && errno == ENOSYS)
		return SKIPPED;
	MUST(result);
	CHECK(X32(SYS_write, low->pair[0], "abc", 3) == 3);
	CHECK(X32(SYS_read, low->pair[1], low->in, 16) == 3);
	strcpy(low->out, "hello");
	low->parts[0] = part(low->out, 2);
	low->parts[1] = part(low->out, 3);
	CHECK(X32(X32_WRITEV, low->pair[0], low->parts, 2) == 5);
	CHECK(X32(SYS_read, low->pair[1], low->in, 16) == 5);
	low->msg = (struct msghdr32){ .iov = word(low->parts), .iovlen = 2 };
	CHECK(X32(X32_SENDMSG, low->pair[0], &low->msg, 0) == 5);
	CHECK(X32(X32_RECVMSG, low->pair[1], &low->msg, 0) == 5);
	MUST(X32(SYS_shutdown, low->pair[0], SHUT_WR));
	MUST(X32(SYS_close, low->pair[0]));
	MUST(X32(SYS_close, low->pair[1]));
	FAILS(EBADF, X32(SYS_close, low->pair[1]));
	return 0;
}
