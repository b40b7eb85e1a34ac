// SPDX-License-Identifier: GPL-2.0-only
/* Rule 19: EPIPE without MSG_NOSIGNAL is a signal, which ends the process, or is ignored. */
#include "scenario.h"

/* Its own end only: SHUT_WR is enough for EPIPE in every family. */
static void write_after_end(void)
{
	struct stream s = connection();

	MUST(shutdown(s.client, SHUT_WR));
	FAILS(EPIPE, write(s.client, "x", 1));
	close_all(&s);
}

int main(void)
{
	pid_t child = MUST(fork());

	if (child) {
		wait_child(child);
		return 0;
	}
	signal(SIGPIPE, SIG_IGN);
	write_after_end();
	signal(SIGPIPE, SIG_DFL);
	write_after_end();
	return 0;
}
