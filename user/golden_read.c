/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns where in a document its objects are: an object at a time is in memory, whatever the layout of the text. json is one
 * object whose three lists are read item by item; ndjson is a row of objects that each have a kind, of which the trace is the
 * last. The document is not trusted.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "golden_read.h"
#include "message.h"
#include "timeline.h"

#define OBJECT_MAX (64u << 20) /* bytes: more than socklife ever writes */

struct reader {
	struct golden *g;
	FILE *in;
	size_t line;
	char *text; /* of an object, without its spaces, not terminated until it is whole */
	size_t len, room;
	bool over; /* the trace was told of, nothing follows */
	char wrong[256]; /* why it failed; "": no memory */
};

typedef int golden_add(struct golden *g, const cJSON *o, const char *json);

static int wrong(struct reader *r, const char *why)
{
	snprintf(r->wrong, sizeof(r->wrong), "%s", why);
	return -1;
}

static int misplaced(struct reader *r, int c)
{
	if (c == EOF)
		return wrong(r, "ends in the middle: it was cut short, export it again");
	return wrong(r, "is not JSON");
}

static int put(struct reader *r, int c)
{
	size_t room = r->room ? 2 * r->room : 4096;
	char *text;

	if (r->len == r->room) {
		if (room > OBJECT_MAX)
			return wrong(r, "holds an object larger than any of socklife's");
		text = realloc(r->text, room);
		if (!text)
			return -1;
		r->text = text;
		r->room = room;
	}
	r->text[r->len++] = (char)c;
	return 0;
}

static int next(struct reader *r)
{
	int c = getc_unlocked(r->in);

	r->line += c == '\n';
	return c;
}

static bool is_space(int c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static int next_token(struct reader *r)
{
	int c;

	do
		c = next(r);
	while (is_space(c));
	return c;
}

/* After its first quote. */
static int string_read(struct reader *r)
{
	int c = '"', err = put(r, c);

	while (!err) {
		c = next(r);
		if (c < ' ') /* EOF too */
			return misplaced(r, c);
		err = put(r, c);
		if (!err && c == '"')
			return 0;
		if (err || c != '\\')
			continue;
		c = next(r);
		err = c < ' ' ? misplaced(r, c) : put(r, c);
	}
	return err;
}

/* A number, true, false, null. */
static int word_read(struct reader *r, int c)
{
	int err = 0;

	if (!isalnum(c) && c != '-')
		return misplaced(r, c);
	if (r->len && isalnum((unsigned char)r->text[r->len - 1]))
		return misplaced(r, c);
	for (; !err && (isalnum(c) || c == '-' || c == '+' || c == '.'); c = getc_unlocked(r->in))
		err = put(r, c);
	ungetc(c, r->in);
	return err;
}

/* The value that begins with c. That its parts are where they belong is the parser's to see. */
static int value_read(struct reader *r, int c)
{
	size_t depth = 0;
	int err;

	for (;; c = next_token(r)) {
		if (c == '"') {
			err = string_read(r);
		} else if (c != EOF && strchr("{}[],:", c)) {
			depth += c == '{' || c == '[';
			if (!depth)
				return misplaced(r, c);
			depth -= c == '}' || c == ']';
			err = put(r, c);
		} else {
			err = word_read(r, c);
		}
		if (err || !depth)
			return err;
	}
}

static int taken(struct reader *r, int err)
{
	if (err == -EBADMSG)
		snprintf(r->wrong, sizeof(r->wrong),
			 "has an object whose `%s` is not there or not what this socklife knows: export it again",
			 r->g->wrong);
	return err ? -1 : 0;
}

/* What says of the whole document what it is, and the trace. */
static int whole_take(struct reader *r, const cJSON *head, const cJSON *trace)
{
	const char *format = golden_string(head, "format");

	if (!format || strcmp(format, TIMELINE_FORMAT))
		return wrong(r, "is not of a document that socklife exports as json or ndjson");
	if (golden_number(head, "version", 0) != TIMELINE_VERSION)
		return wrong(r,
			     "is of another version of the format than this socklife reads: use the one that wrote it");
	r->over = true;
	return taken(r, golden_add_trace(r->g, trace));
}

static golden_add *add_of(const char *name)
{
	static const struct {
		const char *kind, *list;
		golden_add *add;
	} rows[] = {
		{ "process", "\"processes\"", golden_add_process },
		{ "socket", "\"sockets\"", golden_add_socket },
		{ "event", "\"events\"", golden_add_event },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (!strcmp(name, *name == '"' ? rows[i].list : rows[i].kind))
			return rows[i].add;
	return NULL;
}

/* Of json without what its lists held, a line of ndjson. */
static int top_take(struct reader *r, const cJSON *o, const char *text)
{
	const char *kind = golden_string(o, "kind");
	golden_add *add = kind ? add_of(kind) : NULL;

	if (add)
		return taken(r, add(r->g, o, text));
	if (kind)
		return whole_take(r, o, o);
	if (!cJSON_IsArray(golden_field(o, "processes")) || !cJSON_IsArray(golden_field(o, "sockets")) ||
	    !cJSON_IsArray(golden_field(o, "events")) || !golden_field(o, "trace"))
		return wrong(r, "is not of a document that socklife exports as json or ndjson");
	return whole_take(r, o, golden_field(o, "trace"));
}

/* The object whose text begins at `start`, which goes again; add: NULL: one that is in no list. */
static int object_take(struct reader *r, size_t start, golden_add *add)
{
	int err = put(r, '\0');
	const char *text;
	const cJSON *o;

	if (err)
		return err;
	text = r->text + start;
	json_begin();
	o = cJSON_ParseWithOpts(text, NULL, true);
	if (!o)
		err = misplaced(r, 0);
	else
		err = add ? taken(r, add(r->g, o, text)) : top_take(r, o, text);
	r->len = start;
	if (!json_done())
		return err;
	*r->wrong = '\0';
	return -1;
}

/* After its bracket. */
static int list_read(struct reader *r, golden_add *add)
{
	size_t start = r->len + 1;
	int err = put(r, '['), c = next_token(r);

	if (c == ']' && !err)
		return put(r, c);
	while (!err) {
		err = c == '{' ? value_read(r, c) : misplaced(r, c);
		if (!err)
			err = object_take(r, start, add);
		if (err)
			break;
		c = next_token(r);
		if (c == ']')
			return put(r, c);
		if (c != ',')
			return misplaced(r, c);
		c = next_token(r);
	}
	return err;
}

/* "key":value */
static int member_read(struct reader *r, int c)
{
	size_t key = r->len;
	golden_add *add;
	int err = c == '"' ? string_read(r) : misplaced(r, c);

	if (!err)
		err = put(r, '\0');
	if (err)
		return err;
	add = add_of(r->text + key);
	r->text[r->len - 1] = ':';
	c = next_token(r);
	if (c != ':')
		return misplaced(r, c);
	c = next_token(r);
	return add && c == '[' ? list_read(r, add) : value_read(r, c);
}

/* After its brace. */
static int top_read(struct reader *r)
{
	int err = put(r, '{'), c = next_token(r);

	while (!err && c != '}') {
		err = member_read(r, c);
		if (err)
			return err;
		c = next_token(r);
		if (c == '}')
			break;
		if (c != ',')
			return misplaced(r, c);
		err = put(r, c);
		c = next_token(r);
	}
	if (!err)
		err = put(r, c);
	return err ? err : object_take(r, 0, NULL);
}

static int document_read(struct reader *r)
{
	int c, err = 0;

	while (!err && (c = next_token(r)) != EOF) {
		if (r->over)
			return wrong(r, "is of something that follows the end of the document");
		err = c == '{' ? top_read(r) : misplaced(r, c);
	}
	if (!err && ferror(r->in))
		return wrong(r, strerror(errno));
	return !err && !r->over ? misplaced(r, EOF) : err;
}

int golden_read(struct golden *g, const char *name, FILE *in)
{
	struct reader r = { .g = g, .in = in, .line = 1 };
	int err = document_read(&r);

	if (err)
		message("%s: line %zu %s", name, r.line, *r.wrong ? r.wrong : "does not fit in memory");
	free(r.text);
	return err;
}
