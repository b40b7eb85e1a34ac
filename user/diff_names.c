/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which names a golden form's lines have, and whose they are.
 */
#define HASH_NONFATAL_OOM 1
#define uthash_nonfatal_oom(element) (failed = true)

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

/* Of two of one name, which only an odd comm gives, the first is meant. */
static bool add_processes(struct diff_doc *doc)
{
	struct diff_process *p, *same;
	bool failed = false;

	for (size_t i = 0; i < doc->process_count && !failed; i++) {
		p = &doc->processes[i];
		HASH_FIND_STR(doc->process_names, p->name, same);
		if (!same)
			HASH_ADD_KEYPTR(hh, doc->process_names, p->name, strlen(p->name), p);
	}
	return !failed;
}

static bool add_sockets(struct diff_doc *doc)
{
	struct diff_socket *s, *same;
	bool failed = false;

	for (size_t i = 0; i < doc->socket_count && !failed; i++) {
		s = &doc->sockets[i];
		HASH_FIND_STR(doc->socket_names, s->name, same);
		if (!same)
			HASH_ADD_KEYPTR(hh, doc->socket_names, s->name, strlen(s->name), s);
	}
	return !failed;
}

static uint32_t process_find(const struct diff_doc *doc, const char *name, size_t len)
{
	struct diff_process *p;

	HASH_FIND(hh, doc->process_names, name, len, p);
	return p ? (uint32_t)(p - doc->processes) : DIFF_NONE;
}

static uint32_t socket_find(const struct diff_doc *doc, const char *name, size_t len)
{
	struct diff_socket *s;

	HASH_FIND(hh, doc->socket_names, name, len, s);
	return s ? (uint32_t)(s - doc->sockets) : DIFF_NONE;
}

/* Takes what is at `at` for a name, if it is one. */
static bool refer(const struct diff_doc *doc, struct diff_line *line, const char *at, size_t len, bool socket)
{
	uint32_t to = socket ? socket_find(doc, at, len) : process_find(doc, at, len);
	struct diff_ref *ref = &line->refs[line->refs[0].len ? 1 : 0];

	if (to == DIFF_NONE || !len)
		return false;
	*ref = (struct diff_ref){ .at = (uint32_t)(at - line->text), .len = (uint32_t)len, .to = to, .socket = socket };
	return true;
}

static void refer_rest(const struct diff_doc *doc, struct diff_line *line, const char *at, bool socket)
{
	refer(doc, line, at, strlen(at), socket);
}

/* "CALL by NAME", NAME being the rest of the text. */
static void refer_caller(const struct diff_doc *doc, struct diff_line *line, const char *at)
{
	const char *by = strstr(at, " by ");

	if (by)
		refer_rest(doc, line, by + 4, false);
}

/* "descriptor 3 of NAME: socket to close" */
static void refer_holder(const struct diff_doc *doc, struct diff_line *line)
{
	const char *of = strstr(line->text, " of "), *end = strrchr(line->text, ':');

	if (of && end && end > of + 4)
		refer(doc, line, of + 4, (size_t)(end - of - 4), false);
}

/* "in flight: CALL by NAME to CALL by NAME", or ", still" or ", never received" after the first. Names are any text. */
static void refer_flight(const struct diff_doc *doc, struct diff_line *line)
{
	const char *by = strstr(line->text, " by "), *end;
	bool found = false;

	for (end = by; end && !found; end = strstr(end + 1, " to "))
		if (end > by)
			found = refer(doc, line, by + 4, (size_t)(end - by - 4), false);
	if (found)
		return refer_caller(doc, line, line->text + line->refs[0].at + line->refs[0].len);
	end = by ? strrchr(by, ',') : NULL;
	if (end)
		refer(doc, line, by + 4, (size_t)(end - by - 4), false);
}

static const char *after(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) ? NULL : text + strlen(prefix);
}

static void refer_line(const struct diff_doc *doc, struct diff_line *line)
{
	const char *rest;

	if ((rest = after(line->text, "peer socket ")) || (rest = after(line->text, "listener ")))
		refer_rest(doc, line, rest, true);
	else if ((rest = after(line->text, "parent ")))
		refer_rest(doc, line, rest, false);
	else if (after(line->text, "state "))
		refer_caller(doc, line, line->text);
	else if (after(line->text, "descriptor "))
		refer_holder(doc, line);
	else if (after(line->text, "in flight: "))
		refer_flight(doc, line);
}

static void process_names(struct diff_doc *doc, uint32_t index)
{
	struct diff_process *p = &doc->processes[index];
	struct diff_line *line;

	for (uint32_t i = 0; i < p->lines.count; i++) {
		line = &doc->lines[p->lines.first + i];
		if (!after(line->text, "parent "))
			continue;
		refer_line(doc, line);
		if (line->refs[0].len && line->refs[0].to < index)
			p->parent = line->refs[0].to;
	}
}

static void socket_names(struct diff_doc *doc, struct diff_socket *s)
{
	const struct diff_line *holder = NULL;
	struct diff_line *line;

	for (uint32_t i = 0; i < s->lines.count; i++) {
		line = &doc->lines[s->lines.first + i];
		refer_line(doc, line);
		if (line->refs[0].len && after(line->text, "descriptor ")) {
			s->shared |= holder && holder->refs[0].to != line->refs[0].to;
			holder = line;
		}
		if (!i)
			s->stream = strstr(line->text, ", SOCK_STREAM,");
		if (line->refs[0].socket && after(line->text, "peer "))
			s->peer = line->refs[0].to;
		else if (line->refs[0].socket)
			s->listener = line->refs[0].to;
	}
}

static void call_names(struct diff_doc *doc, struct diff_call *c)
{
	if (c->of)
		c->socket = socket_find(doc, c->of, strlen(c->of));
	if (c->from.text)
		refer_caller(doc, &c->from, c->from.text);
}

static struct diff_range *calls_of(struct diff_doc *doc, const struct diff_call *c)
{
	return c->socket != DIFF_NONE ? &doc->sockets[c->socket].calls : &doc->processes[c->process].calls;
}

/* The calls of each socket together, and of each process without one, in their order. */
static int calls_sort(struct diff_doc *doc)
{
	struct diff_range *range;
	uint32_t first = 0;
	size_t i;

	doc->order = calloc(doc->call_count + 1, sizeof(*doc->order));
	if (!doc->order)
		return -ENOMEM;
	for (i = 0; i < doc->call_count; i++)
		calls_of(doc, &doc->calls[i])->count++;
	for (i = 0; i < doc->process_count + doc->socket_count; i++) {
		range = i < doc->process_count ? &doc->processes[i].calls : &doc->sockets[i - doc->process_count].calls;
		range->first = first;
		first += range->count;
		range->count = 0;
	}
	for (i = 0; i < doc->call_count; i++) {
		range = calls_of(doc, &doc->calls[i]);
		doc->order[range->first + range->count++] = (uint32_t)i;
	}
	return 0;
}

int diff_names(struct diff_doc *doc)
{
	size_t i;

	if (!add_processes(doc) || !add_sockets(doc))
		return -ENOMEM;
	for (i = 0; i < doc->process_count; i++)
		process_names(doc, (uint32_t)i);
	for (i = 0; i < doc->socket_count; i++)
		socket_names(doc, &doc->sockets[i]);
	for (i = 0; i < doc->call_count; i++)
		call_names(doc, &doc->calls[i]);
	return calls_sort(doc);
}
