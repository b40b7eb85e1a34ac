/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of diff compare two golden forms with.
 */
#ifndef DIFFED_H
#define DIFFED_H

#include <stdlib.h>
#include <string.h>

#include "diff.h"

#define HEAD "socklife golden form 1\n"

static inline void diff_fill(struct diff_doc *doc, const char *text)
{
	size_t line;

	assert_int_equal(diff_read(doc, strdup(text), strlen(text), &line), 0);
}

static inline void diff_of(struct diff *d, struct diff_result *r, const char *a, const char *b, bool strict)
{
	*d = (struct diff){ .strict = strict };
	*r = (struct diff_result){ 0 };
	diff_fill(&d->docs[0], a);
	diff_fill(&d->docs[1], b);
	assert_int_equal(diff_match(d), 0);
	assert_int_equal(diff_compare(d, r), 0);
}

/* What is printed below the names of the two sides; "" where they are alike. */
static inline char *differences(const char *a, const char *b, bool strict)
{
	struct diff_result r;
	struct diff d;
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	diff_of(&d, &r, a, b, strict);
	diff_print_text(&d, &r, (const char *const[]){ "a", "b" }, false, out);
	fclose(out);
	assert_int_equal(diff_alike(&r), !*text);
	diff_result_free(&r);
	diff_free(&d);
	return text;
}

static inline void assert_differs_by(const char *a, const char *b, bool strict, const char *want)
{
	char *text = differences(a, b, strict);
	const char *below = text + (*text ? strlen("--- a\n+++ b\n") : 0);

	assert_string_equal(below, want);
	free(text);
}

#define assert_alike(a, b) assert_differs_by(a, b, false, "")
#define assert_differs(a, b, want) assert_differs_by(a, b, false, want)

/* A socket of process p: its number, its first line, and the rest of its lines. */
#define SOCKET(n, kind, rest) "socket p#" #n "\n\t" kind "\n" rest
#define TCP "AF_INET, SOCK_STREAM, IPPROTO_TCP, from socket"
#define UDP "AF_INET, SOCK_DGRAM, IPPROTO_UDP, from socket"

#endif
