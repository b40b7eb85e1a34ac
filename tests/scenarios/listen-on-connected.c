// SPDX-License-Identifier: GPL-2.0-only
/* Rule 8: EINVAL, and the connection stays what it was. */
#include "scenario.h"

int main(void)
{
	struct tcp t = tcp_connected();

	FAILS(EINVAL, listen(t.client, 1));
	close(t.client);
	close(t.server);
	close(t.listener);
	return 0;
}
