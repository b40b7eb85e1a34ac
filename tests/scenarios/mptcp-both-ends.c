// SPDX-License-Identifier: GPL-2.0-only
/* Rule 35a: MPTCP at both ends: the state is that of the first subflow. */
#include "mptcp.h"

int main(void)
{
	return talk_to_mptcp(IPPROTO_MPTCP);
}
