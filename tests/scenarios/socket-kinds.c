// SPDX-License-Identifier: GPL-2.0-only
/* Rule 1: domain, type and protocol, and the flags that share an argument with the type. */
#include "scenario.h"

int main(void)
{
	const struct {
		int type, protocol;
	} kinds[] = {
		{ SOCK_STREAM, 0 },
		{ SOCK_STREAM | SOCK_CLOEXEC, IS_UNIX ? PF_UNIX : IPPROTO_TCP },
		{ SOCK_DGRAM | SOCK_NONBLOCK, 0 },
		{ SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IS_UNIX ? PF_UNIX : IPPROTO_UDP },
		{ IS_UNIX ? SOCK_SEQPACKET : SOCK_RAW, IS_UNIX ? 0 : IPPROTO_UDP },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		MUST(socket(FAMILY, kinds[i].type, kinds[i].protocol));
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		close(3 + i);
	return 0;
}
