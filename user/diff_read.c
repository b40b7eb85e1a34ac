/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the grammar of the golden form, as it is read: lines become processes, sockets and calls. The text may come from
 * anywhere: what is no such line is told, and what is one but says nothing known stays a line.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "text.h"

#define HEAD "socklife golden form 1"
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyz0123456789_"

void *diff_grow(void *items, size_t count, size_t size)
{
	if (items && count & (count - 1))
		return items;
	return reallocarray(items, count ? 2 * count : 1, size);
}

static bool starts(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

/* It is text that golden forms are of: valid UTF-8 without control characters. */
static bool is_safe(const char *line, size_t len)
{
	char safe[TEXT_ROOM(256)];
	size_t i, part, slashes;

	for (i = 0; i < len && (line[i] >= ' ' && line[i] < 0x7f); i++)
		;
	for (; i < len; i += part) {
		part = len - i < 256 ? len - i : 256;
		while (i + part < len && ((unsigned char)line[i + part] & 0xc0) == 0x80 && part > 1)
			part--;
		for (size_t k = slashes = 0; k < part; k++)
			slashes += line[i + k] == '\\';
		if (text_escape(line + i, part, safe, sizeof(safe)) != part + slashes)
			return false;
	}
	return true;
}

/* Where what follows the result and the socket begins, of a text that may end in notes in parentheses and a way. */
static char *tail_start(char *text)
{
	static const char *const ways[] = { " via ia32", " via x32", " via socketcall", " via io_uring" };
	char *end = text + strlen(text), *p;
	size_t i, depth = 0;

	for (i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		p = end - strlen(ways[i]);
		if (p >= text && !strcmp(p, ways[i])) {
			end = p;
			break;
		}
	}
	if (end == text || end[-1] != ')')
		return end;
	for (p = end; p > text + 1; p--) {
		depth += p[-1] == ')';
		if (p[-1] == '(' && !--depth)
			return p[-2] == ' ' ? p - 2 : end;
	}
	return end;
}

/* The end of " <curl.2#1>", or NULL: there is none at p. */
static char *name_end(char *p)
{
	char *hash, *end;

	if (!starts(p, " <") || starts(p, " <- "))
		return NULL;
	if (starts(p, " <?>"))
		return p + 4;
	for (hash = strchr(p, '#'); hash; hash = strchr(hash + 1, '#')) {
		end = hash + 1 + strspn(hash + 1, "0123456789");
		if (end > hash + 1 && *end == '>' && (!end[1] || end[1] == ' '))
			return end + 1;
	}
	return NULL;
}

static char *cut(char *p)
{
	if (*p)
		*p++ = '\0';
	return p;
}

static size_t result_len(const char *p)
{
	static const char unfinished[] = "? <unfinished ...>";
	size_t len = strcspn(p, " ");

	if (starts(p, unfinished))
		return strlen(unfinished);
	if (starts(p, "-1 E") || starts(p, "? E"))
		len += 1 + strcspn(p + len + 1, " ");
	return len;
}

/* What follows ") = ". */
static void read_result(char *p, struct diff_call *call)
{
	char *result_end = p + result_len(p), *rest = result_end, *end = name_end(rest);

	call->result = p;
	if (end) {
		call->of = rest + 2;
		end[-1] = '\0';
		rest = end;
	}
	if (starts(rest, " <- ")) {
		call->from.text = rest + 4;
		rest = tail_start(call->from.text);
	}
	call->tail = cut(rest);
	*result_end = '\0';
}

bool diff_read_call(char *line, struct diff_call *call)
{
	char *open = line + strspn(line, NAME_CHARS), *p, *close = NULL;
	int id;

	if (open == line || *open != '(')
		return false;
	for (p = strstr(open, ") = "); p; p = strstr(p + 1, ") = "))
		if (strchr("-?P0123456789", p[4]) && p[4])
			close = p;
	if (!close)
		return false;
	*open = *close = '\0';
	*call = (struct diff_call){ .name = line, .args = open + 1 };
	id = call_by_name(line);
	call->row = id < 0 ? NULL : &call_rows[id];
	read_result(close + 4, call);
	return true;
}

struct reader {
	struct diff_doc *doc;
	bool in_process, in_socket;
	uint32_t thread;
};

static int add_process(struct reader *r, char *name)
{
	struct diff_doc *doc = r->doc;
	struct diff_process *p = diff_grow(doc->processes, doc->process_count, sizeof(*p));

	if (!p)
		return -ENOMEM;
	doc->processes = p;
	p[doc->process_count++] = (struct diff_process){ .name = name,
							 .parent = DIFF_NONE,
							 .lines.first = (uint32_t)doc->line_count,
							 .sockets.first = (uint32_t)doc->socket_count,
							 .partner = DIFF_NONE };
	*r = (struct reader){ .doc = doc, .in_process = true, .thread = 1 };
	return 0;
}

static int add_socket(struct reader *r, char *name)
{
	struct diff_doc *doc = r->doc;
	struct diff_socket *s = diff_grow(doc->sockets, doc->socket_count, sizeof(*s));
	struct diff_process *p = &doc->processes[doc->process_count - 1];

	if (!s)
		return -ENOMEM;
	doc->sockets = s;
	p->sockets.count++;
	s[doc->socket_count++] = (struct diff_socket){ .name = name,
						       .process = (uint32_t)doc->process_count - 1,
						       .peer = DIFF_NONE,
						       .listener = DIFF_NONE,
						       .lines.first = (uint32_t)doc->line_count,
						       .partner = DIFF_NONE };
	r->in_socket = true;
	return 0;
}

static int add_call(struct reader *r, struct diff_call *call)
{
	struct diff_doc *doc = r->doc;
	struct diff_call *calls = diff_grow(doc->calls, doc->call_count, sizeof(*calls));

	if (!calls)
		return -ENOMEM;
	doc->calls = calls;
	call->process = (uint32_t)doc->process_count - 1;
	call->socket = DIFF_NONE;
	call->thread = r->thread;
	calls[doc->call_count++] = *call;
	return 0;
}

static int add_line(struct reader *r, char *text)
{
	struct diff_doc *doc = r->doc;
	struct diff_line *lines;
	struct diff_call call;

	if (!r->in_socket && diff_read_call(text, &call))
		return add_call(r, &call);
	lines = diff_grow(doc->lines, doc->line_count, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	doc->lines = lines;
	lines[doc->line_count++] = (struct diff_line){ .text = text };
	if (r->in_socket)
		doc->sockets[doc->socket_count - 1].lines.count++;
	else
		doc->processes[doc->process_count - 1].lines.count++;
	return 0;
}

static int read_line(struct reader *r, char *line)
{
	if (!*line)
		return 0;
	if (starts(line, "process "))
		return add_process(r, line + strlen("process "));
	if (!r->in_process) {
		r->doc->lost |= !strcmp(line, "records were lost");
		r->doc->cut |= !strcmp(line, "cut short");
		return !strcmp(line, "records were lost") || !strcmp(line, "cut short") ? 0 : -EBADMSG;
	}
	if (starts(line, "socket "))
		return add_socket(r, line + strlen("socket "));
	if (*line == '\t')
		return add_line(r, line + 1);
	if (!starts(line, "    thread ") || r->in_socket)
		return -EBADMSG;
	r->thread = (uint32_t)strtoul(line + strlen("    thread "), NULL, 10);
	return 0;
}

int diff_read(struct diff_doc *doc, char *text, size_t len, size_t *number)
{
	struct reader r = { .doc = doc };
	char *line, *next, *end = text + len;
	int err = 0;

	*doc = (struct diff_doc){ .text = text };
	*number = 1;
	if (len >= DIFF_NONE)
		return -ENOMEM;
	for (line = text; line < end && !err; line = next + 1, ++*number) {
		next = memchr(line, '\n', (size_t)(end - line));
		if (!next)
			return -EBADMSG;
		*next = '\0';
		if (!is_safe(line + (*line == '\t'), (size_t)(next - line - (*line == '\t'))))
			return -EBADMSG;
		if (*number == 1)
			err = strcmp(line, HEAD) ? -EBADMSG : 0;
		else
			err = read_line(&r, line);
	}
	if (err)
		--*number;
	else if (*number == 1)
		err = -EBADMSG;
	return err ? err : diff_names(doc);
}

void diff_doc_free(struct diff_doc *doc)
{
	HASH_CLEAR(hh, doc->process_names);
	HASH_CLEAR(hh, doc->socket_names);
	free(doc->text);
	free(doc->lines);
	free(doc->calls);
	free(doc->processes);
	free(doc->sockets);
	free(doc->order);
}
