// SPDX-License-Identifier: GPL-2.0-only
/* Rule 35a: a plain TCP client of an MPTCP listener: what is accepted is plain TCP. */
#include "mptcp.h"

int main(void)
{
	return talk_to_mptcp(IPPROTO_TCP);
}
