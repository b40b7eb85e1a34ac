// SPDX-License-Identifier: GPL-2.0-only
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

static bool is_standard(const struct output *o)
{
	return !strcmp(o->path, "-");
}

const char *output_name(const struct output *o)
{
	return is_standard(o) ? "standard output" : o->path;
}

int output_open(struct output *o)
{
	if (is_standard(o)) {
		o->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		if (o->fd < 0)
			return message_failed("standard output: %s", strerror(errno));
		return isatty(o->fd) ? message_failed("a capture is not for a terminal: use -o FILE, or a pipe") : 0;
	}
	o->fd = open(o->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	o->created = o->fd >= 0;
	if (o->fd < 0 && errno == EEXIST)
		o->fd = open(o->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return o->fd < 0 ? message_failed("cannot write %s: %s", o->path, strerror(errno)) : 0;
}

/* Everything after `record` works without root. */
static void give_to_caller(int fd)
{
	const char *uid = getenv("SUDO_UID"), *gid = getenv("SUDO_GID");

	if (uid && gid && fchown(fd, atoi(uid), atoi(gid)))
		message("the capture stays root's: %s", strerror(errno));
}

int output_begin(const struct output *o)
{
	if (o->created)
		give_to_caller(o->fd);
	return !is_standard(o) && ftruncate(o->fd, 0) && errno != EINVAL ? -errno : 0;
}
