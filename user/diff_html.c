/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the page of a difference: the text, a fold a hunk. One file that asks for nothing and runs nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

static const char head[] =
	"<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	"<title>socklife diff</title>\n<style>\n"
	":root { color-scheme: light dark; --add: #e6ffec; --del: #ffebe9; --head: #0550ae; }\n"
	"@media (prefers-color-scheme: dark) { :root { --add: #12361f; --del: #4a1a1d; --head: #79c0ff; } }\n"
	"body { font: 14px/1.5 ui-monospace, monospace; margin: 1.5rem; }\n"
	"pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }\n"
	"details { margin: 1rem 0; } summary, .at { color: var(--head); } summary { cursor: pointer; font-weight: bold; }\n"
	"ins, del { display: block; text-decoration: none; } ins { background: var(--add); } del { background: var(--del); }\n"
	"</style>\n<pre>\n";

static void put_escaped(const char *text, size_t len, FILE *out)
{
	for (size_t i = 0; i < len; i++)
		switch (text[i]) {
		case '<':
			fputs("&lt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		default:
			putc(text[i], out);
		}
}

static void put_in(const char *tag, const char *line, size_t len, FILE *out)
{
	fprintf(out, "<%s>", tag);
	put_escaped(line, len, out);
	fprintf(out, "</%.*s>%s", (int)strcspn(tag, " "), tag, *tag == 's' ? "\n" : "");
}

/* *open: within a hunk. */
static void put_line(const char *line, size_t len, bool *open, FILE *out)
{
	bool hunk = len > 3 && !strncmp(line, "@@ ", 3) && line[3] != '.', sums = !strncmp(line, "sockets: ", 9);

	if (hunk || sums) {
		fputs(*open ? "</pre></details>\n" : "</pre>\n", out);
		*open = hunk;
		fputs(hunk ? "<details open>" : "<pre>\n", out);
	}
	if (hunk) {
		put_in("summary", line + 3, len - 3 - (len > 6 ? 3 : 0), out);
		fputs("<pre>\n", out);
	} else if (*open && (*line == '+' || *line == '-')) {
		put_in(*line == '+' ? "ins" : "del", line, len, out);
	} else if (*open && *line == '@') {
		put_in("span class=\"at\"", line, len, out);
	} else {
		put_escaped(line, len, out);
		putc('\n', out);
	}
}

int diff_print_html(struct diff *d, const struct diff_result *r, const char *const paths[2], FILE *out)
{
	char *text = NULL;
	size_t size = 0, len;
	FILE *lines = open_memstream(&text, &size);
	bool open = false;

	if (!lines)
		return -ENOMEM;
	diff_print_text(d, r, paths, false, lines);
	if (fclose(lines)) {
		free(text);
		return -ENOMEM;
	}
	fputs(head, out);
	if (!size)
		fputs("alike\n", out);
	for (const char *line = text; *line; line += len + 1) {
		len = strcspn(line, "\n");
		put_line(line, len, &open, out);
		if (!line[len])
			break;
	}
	fputs(open ? "</pre></details>\n" : "</pre>\n", out);
	free(text);
	return 0;
}
