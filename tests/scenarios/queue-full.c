// SPDX-License-Identifier: GPL-2.0-only
/* Rule 9: a queue holds one more than its backlog; the next client stays in SYN-SENT, a unix one gets EAGAIN. */
#include "scenario.h"

int main(void)
{
	struct address addr;
	int listener = listening(1, &addr), one = connected(SOCK_STREAM, &addr), two = connected(SOCK_STREAM, &addr),
	    three;

	wait_queue(listener, 2);
	three = MUST(socket(FAMILY, SOCK_STREAM | SOCK_NONBLOCK, 0));
	FAILS(IS_UNIX ? EAGAIN : EINPROGRESS, connect(three, AT(addr)));
	close(three);
	close(two);
	close(one);
	close(listener);
	return 0;
}
