// SPDX-License-Identifier: GPL-2.0-only
/* socketcall(2) that asks for no sub-call (0, 21, -1: EINVAL), or whose arguments can't be read (EFAULT). */
#include "socketcall.h"

int main(void)
{
	char *page = low_memory();

	FAILS(EINVAL, SUB(0, AF_INET, SOCK_STREAM, 0));
	FAILS(EINVAL, SUB(21, AF_INET, SOCK_STREAM, 0));
	FAILS(EINVAL, SUB(-1, AF_INET, SOCK_STREAM, 0));
	FAILS(EFAULT, DOOR(IA32_SOCKETCALL, SYS_SOCKET, NULL));
	FAILS(EFAULT, DOOR(IA32_SOCKETCALL, SYS_CONNECT, page + PAGE));
	FAILS(EFAULT, DOOR(IA32_SOCKETCALL, SYS_SEND, page + PAGE - 12)); /* it has four words */
	FAILS(EFAULT, DOOR(IA32_SOCKETCALL, SYS_RECVFROM, -4));
	return 0;
}
