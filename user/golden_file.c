/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which of the three a file is, by its first bytes, and the ways from there to the golden form.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "golden.h"
#include "golden_file.h"
#include "golden_read.h"
#include "message.h"
#include "replay.h"

struct input {
	const char *path, *name;
	FILE *file; /* from its first byte on, and can be sought in */
	bool kept; /* it was a pipe, and is kept in a temporary file */
};

static bool copy(FILE *in, FILE *out)
{
	char buf[65536];
	size_t n;

	while ((n = fread(buf, 1, sizeof(buf), in)))
		if (fwrite(buf, 1, n, out) != n)
			return false;
	return !ferror(in);
}

/* Of a pipe: what was looked at could not be read again. */
static bool input_keep(struct input *in)
{
	FILE *file = tmpfile();
	bool done = file && copy(in->file, file) && !fflush(file) && !fseeko(file, 0, SEEK_SET);

	if (!file)
		return false;
	fclose(in->file);
	in->file = file;
	in->kept = true;
	return done;
}

static bool input_open(struct input *in)
{
	bool standard = !strcmp(in->path, "-");
	int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(in->path, O_RDONLY | O_CLOEXEC);

	in->name = standard ? "standard input" : in->path;
	if (fd < 0)
		return false;
	in->file = fdopen(fd, "r");
	if (in->file && lseek(fd, 0, SEEK_CUR) >= 0)
		return true;
	return in->file && input_keep(in);
}

static FILE *out_open(void *arg)
{
	return arg;
}

/* replay() opens a path, or reads standard input, which is lent to it where there is no path. */
static int from_capture(const struct input *in, FILE *out)
{
	int own, err;

	if (!in->kept)
		return replay(in->path, &export_normalize, out_open, out);
	own = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	if (dup2(fileno(in->file), STDIN_FILENO) < 0) {
		message("%s: %s", in->name, strerror(errno));
		err = -1;
	} else {
		err = replay("-", &export_normalize, out_open, out);
	}
	if (own >= 0)
		dup2(own, STDIN_FILENO);
	close(own >= 0 ? own : STDIN_FILENO);
	return err;
}

static int from_document(const struct input *in, FILE *out)
{
	struct golden *g = golden_new();
	int err = g ? golden_read(g, in->name, in->file) : -1;

	if (!g || (!err && (golden_order(g) || (golden_print(g, out) && !ferror(out)))))
		err = message_failed("%s: %s", in->name, strerror(ENOMEM));
	golden_free(g);
	return err;
}

static int from_golden(const struct input *in, const char *first, FILE *out)
{
	if (memcmp(first, GOLDEN_FIRST_LINE "\n", sizeof(GOLDEN_FIRST_LINE)))
		return message_failed("%s: its golden form is another than this socklife's: make it anew", in->name);
	if (copy(in->file, out) || ferror(out))
		return 0;
	return message_failed("%s: %s", in->name, strerror(errno));
}

static int input_use(const struct input *in, FILE *out)
{
	static const char capture[] = "socklife", golden[] = "socklife golden form ";
	char first[64] = "";
	ssize_t n = pread(fileno(in->file), first, sizeof(first) - 1, lseek(fileno(in->file), 0, SEEK_CUR));

	if (n < 0)
		return message_failed("%s: %s", in->name, strerror(errno));
	if (first[strspn(first, " \t\r\n")] == '{')
		return from_document(in, out);
	if (!strncmp(first, golden, strlen(golden)))
		return from_golden(in, first, out);
	if (!strncmp(first, capture, (size_t)n < strlen(capture) ? (size_t)n : strlen(capture)))
		return from_capture(in, out);
	return message_failed("%s: not a socklife capture, nor what it exports as json or ndjson, nor a golden form",
			      in->name);
}

int golden_file(const char *path, FILE *out)
{
	struct input in = { .path = path };
	int err;

	if (input_open(&in))
		err = input_use(&in, out);
	else
		err = message_failed("%s: %s", in.name, strerror(errno));
	if (in.file)
		fclose(in.file);
	errno = EIO;
	if (!fflush(out) && !ferror(out))
		return err ? 1 : 0;
	if (errno != EPIPE)
		message("the golden form can't be written: %s", strerror(errno));
	return 1;
}
