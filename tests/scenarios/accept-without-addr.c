// SPDX-License-Identifier: GPL-2.0-only
/* Rule 10: the peer is known also when accept() was given no address to put it. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();

	close_all(&s);
	return 0;
}
