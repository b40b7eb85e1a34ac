/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns what a person reads of a difference: hunks as diff -u writes them, each under the process or socket that it is
 * of.
 */
#include <stdlib.h>
#include <string.h>

#include "call_text.h"
#include "colours.h"
#include "diff.h"

#define CONTEXT 3 /* lines around a change */

static void copy(char *to, size_t size, const char *from, size_t len)
{
	len = len < size ? len : size - 1;
	while (len && ((unsigned char)from[len] & 0xc0) == 0x80)
		len--; /* no half of a character */
	memcpy(to, from, len);
	to[len] = '\0';
}

/* "AF_INET, SOCK_STREAM, IPPROTO_TCP, SOCK_CLOEXEC, from socket, active" */
static void what_kind(const char *kind, struct diff_what *what)
{
	static const char *const roles[] = { ", active",          ", passive",       ", from accept",
					     ", from socketpair", ", from received", ", from snapshot" };
	const char *type = strstr(kind, ", ");
	size_t i;

	copy(what->family, sizeof(what->family), kind, type ? (size_t)(type - kind) : strlen(kind));
	if (type)
		copy(what->type, sizeof(what->type), type + 2, strcspn(type + 2, ","));
	for (i = 0; i < sizeof(roles) / sizeof(*roles) && !*what->role; i++)
		if (strstr(kind, roles[i]))
			copy(what->role, sizeof(what->role), roles[i] + 2, strlen(roles[i] + 2));
}

void diff_what(struct diff *d, const struct diff_hunk *hunk, struct diff_what *what)
{
	const struct diff_doc *doc = &d->docs[hunk->a == DIFF_NONE];
	const struct diff_socket *s = &doc->sockets[hunk->a == DIFF_NONE ? hunk->b : hunk->a];
	struct diff_buffer b = { 0 };
	const char *text;

	memset(what, 0, sizeof(*what));
	for (uint32_t i = 0; i < s->lines.count; i++) {
		text = doc->lines[s->lines.first + i].text;
		if (!i)
			what_kind(text, what);
		b.len = 0;
		diff_put_masked(&b, text, strlen(text));
		if (b.failed)
			break;
		if (!strncmp(text, "local ", 6))
			copy(what->local, sizeof(what->local), b.text + 6, b.len - 6);
		else if (!strncmp(text, "peer ", 5) && strncmp(text, "peer socket ", 12) &&
			 strncmp(text, "peer span ", 10))
			copy(what->peer, sizeof(what->peer), b.text + 5, b.len - 5);
	}
	free(b.text);
}

static void print_name(struct diff *d, const struct diff_hunk *h, FILE *out)
{
	const struct diff_doc *a = &d->docs[0], *b = &d->docs[1];
	const char *first = NULL, *other = NULL;

	if (h->a != DIFF_NONE)
		first = h->socket ? a->sockets[h->a].name : a->processes[h->a].name;
	if (h->b != DIFF_NONE)
		other = h->socket ? b->sockets[h->b].name : b->processes[h->b].name;
	fprintf(out, "%s %s", h->socket ? "socket" : "process", first ? first : other);
	if (first && other && strcmp(first, other))
		fprintf(out, " (in B: %s)", other);
}

static void print_head(struct diff *d, const struct diff_hunk *h, FILE *out)
{
	static const char *const changes[] = { [DIFF_REMOVED] = "only in A: ", [DIFF_ADDED] = "only in B: " };
	struct diff_what what;

	fprintf(out, "@@ %s", changes[h->change] ? changes[h->change] : "");
	print_name(d, h, out);
	if (h->socket) {
		diff_what(d, h, &what);
		fprintf(out, ": %s%s%s", what.family, *what.type ? " " : "", what.type);
		fprintf(out, "%s%s", *what.role ? ", " : "", what.role);
		if (*what.peer || *what.local)
			fprintf(out, ", %s", *what.peer ? what.peer : what.local);
	}
	fputs(" @@", out);
}

static const char *op_colour(char op)
{
	return op == '-' ? RED : op == '+' ? GREEN : "";
}

/* Is a change near enough for the line to be told. */
static bool is_near(const struct diff_hunk *h, size_t i)
{
	size_t from = i > CONTEXT ? i - CONTEXT : 0;

	for (; from < h->edit_count && from <= i + CONTEXT; from++)
		if (h->edits[from].op != ' ')
			return true;
	return false;
}

static void print_hunk(struct diff *d, const struct diff_hunk *h, bool colours, FILE *out)
{
	bool left_out = false, told = false;
	size_t i;

	fputs(colours ? CYAN : "", out);
	print_head(d, h, out);
	fputs(colours ? PLAIN "\n" : "\n", out);
	for (i = 0; i < h->edit_count; i++) {
		if (!is_near(h, i)) {
			left_out = true;
			continue;
		}
		if (left_out && told)
			fprintf(out, "%s@@ ... @@%s\n", colours ? CYAN : "", colours ? PLAIN : "");
		left_out = false;
		told = true;
		fprintf(out, "%s%c%s%s\n", colours ? op_colour(h->edits[i].op) : "", h->edits[i].op,
			d->words.by_id[h->edits[i].word]->text, colours && h->edits[i].op != ' ' ? PLAIN : "");
	}
}

static void print_sums(const char *what, const struct diff_sums *sums, FILE *out)
{
	const struct {
		size_t count;
		const char *text;
	} rows[] = { { sums->changed, sums->changed == 1 ? "differs" : "differ" },
		     { sums->only_a, "only in A" },
		     { sums->only_b, "only in B" },
		     { sums->alike, "alike" } };
	const char *separator = " ";

	fprintf(out, "%s:", what);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!rows[i].count)
			continue;
		fprintf(out, "%s%zu %s", separator, rows[i].count, rows[i].text);
		separator = ", ";
	}
	if (*separator == ' ')
		fputs(" none", out);
}

static void print_path(const char *sign, const char *path, const char *colour, FILE *out)
{
	fprintf(out, "%s%s ", colour, sign);
	text_print(out, path, strlen(path));
	fprintf(out, "%s\n", *colour ? PLAIN : "");
}

void diff_print_text(struct diff *d, const struct diff_result *r, const char *const paths[2], bool colours, FILE *out)
{
	if (diff_alike(r))
		return;
	print_path("---", paths[0], colours ? RED : "", out);
	print_path("+++", paths[1], colours ? GREEN : "", out);
	for (size_t i = 0; i < r->hunk_count; i++)
		print_hunk(d, &r->hunks[i], colours, out);
	print_sums("sockets", &r->sockets, out);
	print_sums("; processes", &r->processes, out);
	putc('\n', out);
}
