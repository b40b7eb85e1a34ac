/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the normal form of a process or a socket: its own lines, then its calls, a thread after the other.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

int diff_normal_add(const struct diff_view *v, struct diff_normal *n)
{
	uint32_t *words = diff_grow(n->words, n->count, sizeof(*words));

	if (!words)
		return -ENOMEM;
	n->words = words;
	diff_put_text(&n->buffer, "");
	words[n->count] = n->buffer.failed ? DIFF_NONE : diff_word(&v->d->words, n->buffer.text, n->buffer.len);
	n->buffer.len = 0;
	return words[n->count++] == DIFF_NONE ? -ENOMEM : 0;
}

static struct diff_segment *segment_begin(struct diff_normal *n, uint32_t process, uint32_t rank, bool main)
{
	struct diff_segment *s = diff_grow(n->segments, n->segment_count, sizeof(*s));

	if (!s)
		return NULL;
	n->segments = s;
	s += n->segment_count++;
	*s = (struct diff_segment){ .first = n->count, .process = process, .rank = rank, .main = main };
	return s;
}

static bool begins(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

/* "state connected: accept4 by curl" */
static bool is_accepted(const struct diff_line *line)
{
	const char *cause = begins(line->text, "state ") ? strchr(line->text, ':') : NULL;

	return cause && begins(cause, ": accept");
}

static bool is_end_of_peer(const struct diff_line *line)
{
	return begins(line->text, "state half-closed-remote:") || begins(line->text, "state disconnected:");
}

/* The kernel, or the next call to return, whatever it was. */
static bool is_messenger(const char *cause)
{
	char name[32] = "";
	int id;

	if (begins(cause, "TCP_"))
		return true;
	memcpy(name, cause, strcspn(cause, " ") < sizeof(name) ? strcspn(cause, " ") : 0);
	id = call_by_name(name);
	return id >= 0 && call_rows[id].verb != VERB_SHUTDOWN && call_rows[id].verb != VERB_CLOSE &&
	       call_rows[id].verb != VERB_CLOSE_RANGE && call_rows[id].verb != VERB_DUP;
}

/* Is it chance what caused a state: who closed last, who told first that the peer had ended, or if accept() did. */
static bool is_uncaused(const struct diff_doc *doc, const struct diff_socket *s, const struct diff_line *line)
{
	const char *colon = strchr(line->text, ':');

	if (!begins(line->text, "state ") || !colon || !colon[1])
		return false;
	if (begins(line->text, "state closed:"))
		return s->shared;
	if (!is_end_of_peer(line))
		return false;
	return is_messenger(colon + 2) || (line > doc->lines + s->lines.first && is_accepted(line - 1)) ||
	       (s->peer != DIFF_NONE && doc->sockets[s->peer].shared && !begins(colon, ": shutdown"));
}

/* The peer ended, and then it was closed itself: where two processes have the ends it is chance which of them closes first. */
static bool is_chance(const struct diff_doc *doc, const struct diff_socket *s, const struct diff_line *line)
{
	const struct diff_socket *peer = s->peer == DIFF_NONE ? NULL : &doc->sockets[s->peer];

	return peer && is_end_of_peer(line) && !begins(line->text, "state disconnected: shutdown ") &&
	       line + 1 < doc->lines + s->lines.first + s->lines.count && begins(line[1].text, "state closed:") &&
	       (s->shared || peer->shared || s->process != peer->process);
}

/* It was connected, and ended, before it was accepted. */
static int add_ended(const struct diff_view *v, const struct diff_line *line, bool chance, struct diff_normal *n)
{
	size_t state = strcspn(line->text, ":");
	struct diff_line cause = *line;

	cause.text += state;
	cause.refs[0].at -= (uint32_t)state;
	diff_put_text(&n->buffer, "state connected");
	diff_put_line(&n->buffer, v, &cause);
	if (diff_normal_add(v, n))
		return -ENOMEM;
	if (chance)
		return 0;
	diff_put(&n->buffer, line->text, state);
	return diff_normal_add(v, n);
}

static int add_line(const struct diff_view *v, const struct diff_socket *s, const struct diff_line *line,
		    struct diff_normal *n)
{
	const struct diff_doc *doc = &v->d->docs[v->side];

	if (!s || v->d->strict) {
		diff_put_line(&n->buffer, v, line);
	} else if (is_accepted(line) && !begins(line->text, "state connected:") &&
		   line->refs[0].at >= strcspn(line->text, ":")) {
		return add_ended(v, line, is_chance(doc, s, line), n);
	} else if (is_chance(doc, s, line)) {
		return 0;
	} else if (is_uncaused(doc, s, line)) {
		diff_put(&n->buffer, line->text, strcspn(line->text, ":"));
	} else if (s->shared && begins(line->text, "closed by ")) {
		diff_put_text(&n->buffer, "closed");
		diff_put_text(&n->buffer, line->text + strcspn(line->text, ","));
	} else {
		diff_put_line(&n->buffer, v, line);
	}
	return diff_normal_add(v, n);
}

static int add_lines(const struct diff_view *v, const struct diff_socket *socket, const struct diff_range *range,
		     struct diff_normal *n)
{
	const struct diff_line *line = v->d->docs[v->side].lines + range->first;
	struct diff_segment *s = segment_begin(n, DIFF_NONE, 0, true);
	int err = s ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < range->count && !err; i++)
		err = add_line(v, socket, &line[i], n);
	if (!err)
		s->count = n->count - s->first;
	return err;
}

static bool same_thread(const struct diff_call *a, const struct diff_call *b)
{
	return a->process == b->process && a->thread == b->thread;
}

static int add_thread(const struct diff_view *v, const uint32_t *calls, size_t count, bool stream,
		      struct diff_normal *n)
{
	const struct diff_doc *doc = &v->d->docs[v->side];
	const struct diff_call *c = &doc->calls[calls[0]];
	struct diff_segment *s = segment_begin(n, c->process, doc->processes[c->process].rank, c->thread == 1);

	if (!s)
		return -ENOMEM;
	diff_put_text(&n->buffer, c->thread == 1 ? "calls by " : "calls by another thread of ");
	diff_put_name(&n->buffer, v, &(struct diff_ref){ .to = c->process });
	if (diff_normal_add(v, n) || diff_normal_calls(v, calls, count, stream, n))
		return -ENOMEM;
	s->count = n->count - s->first;
	return 0;
}

int diff_normal(const struct diff_view *v, bool socket, uint32_t index, struct diff_normal *n)
{
	const struct diff_doc *doc = &v->d->docs[v->side];
	const struct diff_range *lines = socket ? &doc->sockets[index].lines : &doc->processes[index].lines;
	const struct diff_range *calls = socket ? &doc->sockets[index].calls : &doc->processes[index].calls;
	const uint32_t *order = doc->order + calls->first;
	size_t i, k;

	n->count = n->segment_count = 0;
	if (add_lines(v, socket ? &doc->sockets[index] : NULL, lines, n))
		return -ENOMEM;
	for (i = 0; i < calls->count; i = k) {
		for (k = i; k < calls->count && same_thread(&doc->calls[order[i]], &doc->calls[order[k]]); k++)
			;
		if (add_thread(v, order + i, k - i, socket && doc->sockets[index].stream, n))
			return -ENOMEM;
	}
	return 0;
}

void diff_normal_free(struct diff_normal *n)
{
	free(n->words);
	free(n->segments);
	free(n->items);
	free(n->buffer.text);
}
