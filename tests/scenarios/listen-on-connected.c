// SPDX-License-Identifier: GPL-2.0-only
/* Rule 8: EINVAL, and the connection stays what it was. */
#include "scenario.h"

int main(void)
{
	struct stream s = connection();

	FAILS(EINVAL, listen(s.client, 1));
	close_all(&s);
	return 0;
}
