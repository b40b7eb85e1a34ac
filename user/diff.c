/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * socklife diff: reads both sides into their golden forms, and says what differs as diff(1) does, its exit status too.
 */
#include "diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "colours.h"
#include "commands.h"
#include "golden_file.h"
#include "message.h"
#include "options.h"

enum { ALIKE, DIFFERENT, TROUBLE };

struct options {
	const char *format;
	bool strict;
};

static const struct option_row rows[] = {
	{ "strict", 0, OPTION_FLAG, NULL, "compare every call by itself: sizes, descriptors, how often EAGAIN",
	  offsetof(struct options, strict) },
	{ "format", 'f', OPTION_STRING, "FORMAT", "text (the default), json or html",
	  offsetof(struct options, format) },
	{ 0 },
};

static const struct command_help help = {
	.name = "diff",
	.usage = "A B [--strict] [-f FORMAT]",
	.min = 2,
	.max = 2,
	.about = "Says which sockets and processes of B live otherwise than in A: captures, exported json, or golden\n"
		 "forms; one of them may be - (standard input). Left out are pids, times, ephemeral ports, temporary\n"
		 "paths, which of two independent sockets was first, and how many calls moved the same bytes.\n"
		 "Exits with 0 if they are alike, 1 if they differ, 2 if that cannot be told.",
};

static int trouble(const char *path, size_t line, int err)
{
	if (err == -EBADMSG)
		message("%s:%zu: no line of a golden form", path, line);
	else
		message("%s: %s", path, strerror(-err));
	return TROUBLE;
}

static int side_read(struct diff_doc *doc, const char *path)
{
	const char *name = strcmp(path, "-") ? path : "standard input";
	size_t len = 0, line = 0;
	char *text = NULL;
	FILE *out = open_memstream(&text, &len);
	int failed, err;

	if (!out)
		return trouble(name, 0, -ENOMEM);
	failed = golden_file(path, out);
	if (fclose(out) || failed) {
		free(text);
		return failed ? TROUBLE : trouble(name, 0, -ENOMEM);
	}
	err = diff_read(doc, text, len, &line);
	if (err)
		return trouble(name, line, err);
	if (doc->lost)
		message("%s: records were lost: what differs may come from that", name);
	if (doc->cut)
		message("%s: cut short: what differs may come from that", name);
	return 0;
}

static int print(struct diff *d, const struct diff_result *r, const char *const paths[2], const char *format)
{
	int err = 0;

	errno = 0;
	if (!strcmp(format, "json"))
		err = diff_print_json(d, r, paths, stdout);
	else if (!strcmp(format, "html"))
		err = diff_print_html(d, r, paths, stdout);
	else
		diff_print_text(d, r, paths, colours_wanted(stdout), stdout);
	if (err)
		return trouble("standard output", 0, err);
	if (!fflush(stdout) && !ferror(stdout))
		return diff_alike(r) ? ALIKE : DIFFERENT;
	return errno == EPIPE ? TROUBLE : trouble("standard output", 0, errno ? -errno : -EIO);
}

static int compare(struct diff *d, const char *const paths[2], const char *format)
{
	struct diff_result r = { 0 };
	int err = diff_match(d), status;

	if (!err)
		err = diff_compare(d, &r);
	if (err)
		message("%s", strerror(-err));
	status = err ? TROUBLE : print(d, &r, paths, format);
	diff_result_free(&r);
	return status;
}

int cmd_diff(int argc, char **argv)
{
	struct options o = { .format = "text" };
	struct diff d = { 0 };
	int first = options_parse(rows, &help, &o, argc, argv), status;
	const char *paths[2];

	if (first < 0)
		return options_status(first);
	if (strcmp(o.format, "text") && strcmp(o.format, "json") && strcmp(o.format, "html"))
		return options_wrong("unknown format '%s': there are text, json, html", o.format);
	paths[0] = argv[first];
	paths[1] = argv[first + 1];
	if (!strcmp(paths[0], "-") && !strcmp(paths[1], "-"))
		return options_wrong("only one of the two can be standard input");
	d.strict = o.strict;
	status = side_read(&d.docs[0], paths[0]);
	if (!status)
		status = side_read(&d.docs[1], paths[1]);
	if (!status)
		status = compare(&d, paths, o.format);
	diff_free(&d);
	return status;
}
