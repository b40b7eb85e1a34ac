/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The commands that turn a capture into an output: export, show, report, normalize, as rows. Knows which exporters
 * there are, and nothing of how they write.
 */
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "golden_file.h"
#include "message.h"
#include "options.h"
#include "replay.h"

struct options {
	const char *format, *output, *sort;
	bool compress, live;
};

/* The formats of export -f. */
static const struct exporter_ops *const formats[] = { &export_json, &export_ndjson, &export_show, &export_html };

static const struct option_row export_rows[] = {
	{ "format", 'f', OPTION_STRING, "FORMAT", "json, ndjson, text or html", offsetof(struct options, format) },
	{ "output", 'o', OPTION_STRING, "OUT", "write to OUT instead of standard output",
	  offsetof(struct options, output) },
	{ "compress", 0, OPTION_FLAG, NULL, "html: compress the data; smaller, and slower to open",
	  offsetof(struct options, compress) },
	{ 0 },
};

static const struct option_row report_rows[] = {
	{ "live", 0, OPTION_FLAG, NULL, "what is open now, refreshed in place each second; q ends",
	  offsetof(struct options, live) },
	{ "sort", 0, OPTION_STRING, "COLUMN", "with --live: the first order; the keys above the columns change it",
	  offsetof(struct options, sort) },
	{ 0 },
};

static const struct option_row no_rows[] = { { 0 } };

/* clang-format off */
static const struct export_command {
	const struct option_row *rows;
	const struct exporter_ops *ops; /* NULL: as -f says */
	struct command_help help;
} commands[] = {
	{ export_rows, NULL, {
		.name = "export",
		.usage = "FILE -f FORMAT [--compress] [-o OUT]",
		.min = 1,
		.max = 1,
		.about = "Writes the whole timeline of the capture FILE (-: standard input) in one format. json is one\n"
			 "document; ndjson is the same objects, one a line; text is what show prints; html is a page that\n"
			 "shows the timeline in any browser, offline. json and html need a FILE that can be read twice.",
	} },
	{ no_rows, &export_show, {
		.name = "show",
		.usage = "FILE",
		.min = 1,
		.max = 1,
		.about = "Prints a line a call, with the socket's state changes in between. FILE may be -.",
	} },
	{ report_rows, &export_report, {
		.name = "report",
		.usage = "FILE [--live [--sort COLUMN]]",
		.min = 1,
		.max = 1,
		.about = "Prints a line a socket: who, where, bytes, times, how it ended. The rows come\n"
			 "as the sockets end. FILE may be -. With --live the sockets that are open now, as top shows\n"
			 "processes: socklife record -o - ... | socklife report --live -",
	} },
	{ no_rows, &export_normalize, {
		.name = "normalize",
		.usage = "FILE",
		.min = 1,
		.max = 1,
		.about = "Prints the golden form: without pids, times, inodes, ephemeral ports and the names of temporary files, so\n"
			 "that two runs of one program can be compared. FILE (-: standard input) is a capture, what export -f json\n"
			 "or ndjson wrote, or a golden form.",
	} },
};
/* clang-format on */

static const struct export_command *command_find(const char *name)
{
	const struct export_command *c = commands;

	while (strcmp(c->help.name, name))
		c++;
	return c;
}

static const struct exporter_ops *format_find(const char *name)
{
	char all[64] = "";
	size_t i, len = 0;

	for (i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		if (name && !strcmp(formats[i]->format, name))
			return formats[i];
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%s", len ? ", " : "", formats[i]->format);
	}
	if (name)
		options_wrong("unknown format '%s': there are %s", name, all);
	else
		options_wrong("-f FORMAT is needed: one of %s", all);
	return NULL;
}

/* Writing over the capture that is read would lose it. */
static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

struct output {
	const char *path; /* NULL: standard output */
	FILE *file; /* NULL: not opened, and what was there is as it was */
};

static FILE *output_open(void *arg)
{
	struct output *o = arg;

	o->file = o->path ? fopen(o->path, "we") : stdout;
	if (!o->file)
		message("%s: %s", o->path, strerror(errno));
	return o->file;
}

static int export_to(const char *path, const struct exporter_ops *ops, const char *out)
{
	struct output o = { .path = out };
	int err = replay(path, ops, output_open, &o);
	bool bad;

	if (!o.file)
		return 1;
	bad = ferror(o.file);
	if ((out ? fclose(o.file) : fflush(o.file)) && !err) {
		err = -errno;
		bad = true;
	}
	if (bad && err != -EPIPE)
		message("%s: %s", out ? out : "standard output", strerror(-err));
	return err ? 1 : 0;
}

/* 0, or an exit status after one line has said why. */
static int live_wrong(const struct options *o)
{
	const char *columns = export_live_sort(o->sort ? o->sort : "sent/s");

	if (!o->live)
		return options_wrong("--sort is for --live");
	if (columns)
		return options_wrong("unknown column '%s': there are %s", o->sort, columns);
	if (!isatty(STDOUT_FILENO))
		return options_wrong("--live needs a terminal on standard output");
	return 0;
}

int cmd_export(int argc, char **argv)
{
	const struct export_command *c = command_find(argv[0]);
	const struct exporter_ops *ops = c->ops;
	struct options o = { 0 };
	int first = options_parse(c->rows, &c->help, &o, argc, argv), wrong = 0;

	if (first < 0)
		return options_status(first);
	if (ops == &export_normalize)
		return golden_file(argv[first], stdout);
	if (!ops)
		ops = format_find(o.format);
	if (!ops)
		return 2;
	if (o.live || o.sort) {
		ops = &export_live;
		wrong = live_wrong(&o);
	}
	if (wrong)
		return wrong;
	if (o.compress && ops != &export_html)
		return options_wrong("--compress is for -f html, not for -f %s", ops->format);
	if (o.compress)
		ops = &export_html_compressed;
	if (!o.output || !strcmp(o.output, "-"))
		return export_to(argv[first], ops, NULL);
	if (same_file(strcmp(argv[first], "-") ? argv[first] : "/dev/stdin", o.output))
		return message_failed("%s is the capture itself: choose another OUT", o.output);
	return export_to(argv[first], ops, o.output);
}
