// SPDX-License-Identifier: GPL-2.0-only
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

bool output_is_standard(const struct output *o)
{
	return !strcmp(o->path, "-");
}

bool output_is_file(const struct output *o)
{
	struct stat st;

	return !fstat(o->fd, &st) && S_ISREG(st.st_mode);
}

bool output_may_go_on(const struct output *o)
{
	return !output_is_standard(o) && output_is_file(o);
}

const char *output_name(const struct output *o)
{
	return output_is_standard(o) ? "standard output" : o->path;
}

static int file_open(struct output *o)
{
	o->fd = open(o->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	o->created = o->fd >= 0;
	if (o->fd < 0 && errno == EEXIST)
		o->fd = open(o->path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return o->fd < 0 ? -errno : 0;
}

int output_open(struct output *o)
{
	int err;

	if (output_is_standard(o)) {
		o->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		if (o->fd < 0)
			return message_failed("standard output: %s", strerror(errno));
		return isatty(o->fd) ? message_failed("a capture is not for a terminal: use -o FILE, or a pipe") : 0;
	}
	err = file_open(o);
	return err ? message_failed("cannot write %s: %s", o->path, strerror(-err)) : 0;
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
	return !output_is_standard(o) && ftruncate(o->fd, 0) && errno != EINVAL ? -errno : 0;
}

int output_next(struct output *o, const char *path)
{
	int err;

	close(o->fd);
	o->path = path;
	err = file_open(o);
	return err ? err : output_begin(o);
}

char *output_numbered(const char *path, unsigned int n)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	const char *dot = strrchr(base, '.');
	char *name;
	int len;

	if (!dot || dot == base)
		dot = base + strlen(base);
	len = (int)(dot - path);
	if (n == 1)
		return strdup(path);
	return asprintf(&name, "%.*s.%04u%s", len, path, n, dot) < 0 ? NULL : name;
}
