// SPDX-License-Identifier: GPL-2.0-only
/* Rule 12: epoll, watching since before the connect(), tells what became of it. */
#include "learn-epoll.h"

int main(void)
{
	return connect_both(watch, learn);
}
