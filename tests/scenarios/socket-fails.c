// SPDX-License-Identifier: GPL-2.0-only
/* Rule 2: a socket() that fails is an event without a socket. */
#include "scenario.h"

int main(void)
{
	FAILS(EAFNOSUPPORT, socket(999, SOCK_STREAM, 0));
	FAILS(EPROTONOSUPPORT, socket(FAMILY, SOCK_STREAM, IPPROTO_UDP));
	FAILS(EINVAL, socket(FAMILY, SOCK_STREAM | 0x100000, 0));
	return 0;
}
