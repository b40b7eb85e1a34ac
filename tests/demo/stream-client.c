// SPDX-License-Identifier: GPL-2.0-only
/* stream-client PORT WORD...: sends the words, ends sending, and reads the answer to its end. Exits with 1 if there is none. */
#include "../scenarios/scenario.h"

int main(int argc, char **argv)
{
	struct address addr = loopback(argc > 1 ? atoi(argv[1]) : 0);
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0)), i;
	char answer[64];
	ssize_t len, sum = 0;

	usleep(20000);
	if (connect(fd, AT(addr))) {
		CHECK(errno == ECONNREFUSED);
		usleep(20000);
		close(fd);
		return 1;
	}
	for (i = 2; i < argc; i++) {
		usleep(40000);
		len = strlen(argv[i]);
		CHECK(write(fd, argv[i], len) == len);
	}
	MUST(shutdown(fd, SHUT_WR));
	while ((len = MUST(read(fd, answer, sizeof(answer)))) > 0)
		sum += len;
	usleep(20000);
	close(fd);
	return !sum;
}
