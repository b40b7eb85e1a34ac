// SPDX-License-Identifier: GPL-2.0-only
/* Rule 15: sendfile() onto a socket: what the file had, not what was asked for. */
#include <sys/mman.h>
#include <sys/sendfile.h>

#include "scenario.h"

int main(void)
{
	struct stream s = connection();
	int file = MUST(memfd_create("file", MFD_CLOEXEC));
	char buf[16];
	off_t at = 0;

	CHECK(write(file, "hello", 5) == 5);
	CHECK(sendfile(s.client, file, &at, 100) == 5);
	CHECK(sendfile(s.client, file, &at, 100) == 0);
	CHECK(read(s.server, buf, sizeof(buf)) == 5);
	close(file);
	close_all(&s);
	return 0;
}
