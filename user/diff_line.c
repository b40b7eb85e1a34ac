/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns how a line reads in the normal form: what the kernel chose is masked, names are as on side A.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"

#define FD "fd"
#define LAST_STANDARD 2 /* descriptors up to it mean something by their number */

void diff_put(struct diff_buffer *b, const char *text, size_t len)
{
	size_t room = b->room ? b->room : 256;
	char *grown;

	while (room < b->len + len + 1)
		room *= 2;
	if (room != b->room) {
		grown = realloc(b->text, room);
		if (!grown) {
			b->failed = true;
			return;
		}
		b->text = grown;
		b->room = room;
	}
	memcpy(b->text + b->len, text, len);
	b->len += len;
	b->text[b->len] = '\0';
}

void diff_put_text(struct diff_buffer *b, const char *text)
{
	diff_put(b, text, strlen(text));
}

static const struct { /* labels of the golden form: the number behind them is in order of printing */
	const char *label;
	char before; /* 0: anything */
} labels[] = { { ":P", 0 }, { "@AUTO", 0 }, { "TMP", '/' } };

/* The length of a label and its number at text[i], 0 without one; *keep is without the number. */
static size_t label_at(const char *text, size_t i, size_t len, size_t *keep)
{
	size_t k, n;

	for (k = 0; k < sizeof(labels) / sizeof(*labels); k++) {
		*keep = strlen(labels[k].label);
		if (len - i <= *keep || memcmp(text + i, labels[k].label, *keep) ||
		    (labels[k].before && (!i || text[i - 1] != labels[k].before)))
			continue;
		for (n = *keep; i + n < len && isdigit((unsigned char)text[i + n]); n++)
			;
		if (n > *keep && (i + n == len || !isalnum((unsigned char)text[i + n])))
			return n;
	}
	return 0;
}

void diff_put_masked(struct diff_buffer *b, const char *text, size_t len)
{
	size_t i, from = 0, label, keep;

	for (i = 0; i < len; i++) {
		label = strchr(":@T", text[i]) ? label_at(text, i, len, &keep) : 0;
		if (!label)
			continue;
		diff_put(b, text + from, i - from + keep);
		from = i + label;
		i = from - 1;
	}
	diff_put(b, text + from, len - from);
}

void diff_put_name(struct diff_buffer *b, const struct diff_view *v, const struct diff_ref *ref)
{
	const struct diff_doc *doc = &v->d->docs[v->side], *a = &v->d->docs[0];
	uint32_t partner = ref->socket ? doc->sockets[ref->to].partner : doc->processes[ref->to].partner;
	uint32_t to = v->side ? partner : ref->to;

	if (v->masked)
		return diff_put_text(b, "*");
	if (to != DIFF_NONE)
		return diff_put_text(b, ref->socket ? a->sockets[to].name : a->processes[to].name);
	diff_put_text(b, "B:");
	diff_put_text(b, ref->socket ? doc->sockets[ref->to].name : doc->processes[ref->to].name);
}

static bool is_number(const char *text, size_t len)
{
	return len && strspn(text, "0123456789") >= len;
}

/* A descriptor's number: one that leaked would change all that follow. */
static void put_fd(struct diff_buffer *b, const struct diff_view *v, const char *text, size_t len)
{
	if (!v->d->strict && is_number(text, len) && strtoul(text, NULL, 10) > LAST_STANDARD)
		return diff_put_text(b, FD);
	if (!v->d->strict && len > 7 && !strncmp(text, "direct:", 7))
		return diff_put_text(b, "direct:" FD);
	diff_put(b, text, len);
}

/* A line up to its first name: descriptor 3 of, backlog 5, ..., deepest 2. */
static void put_start(struct diff_buffer *b, const struct diff_view *v, const char *text, size_t len)
{
	static const char descriptor[] = "descriptor ", depth[] = ", deepest ";
	const char *p, *end;

	if (!v->d->strict && !strncmp(text, descriptor, strlen(descriptor))) {
		diff_put_text(b, descriptor);
		text += strlen(descriptor);
		len -= strlen(descriptor);
		put_fd(b, v, text, strcspn(text, " "));
		len -= strcspn(text, " ");
		text += strcspn(text, " ");
	}
	p = v->d->strict || strncmp(text, "backlog ", 8) ? NULL : strstr(text, depth);
	if (p) { /* how deep the queue got is the scheduler's doing */
		end = p + strlen(depth) + strspn(p + strlen(depth), "0123456789");
		diff_put(b, text, (size_t)(p - text));
		len -= (size_t)(end - text);
		text = end;
	}
	diff_put_masked(b, text, len);
}

void diff_put_line(struct diff_buffer *b, const struct diff_view *v, const struct diff_line *line)
{
	const struct diff_ref *ref = line->refs;
	size_t from;

	put_start(b, v, line->text, ref->len ? ref->at : strlen(line->text));
	for (; ref < line->refs + 2 && ref->len; ref++) {
		diff_put_name(b, v, ref);
		from = ref->at + ref->len;
		diff_put_masked(b, line->text + from,
				(ref == line->refs && ref[1].len ? ref[1].at : strlen(line->text)) - from);
	}
}

/* Up to the comma before the next argument. */
static size_t arg_len(const char *text)
{
	size_t len, depth = 0;

	for (len = 0; text[len]; len++) {
		if (!depth && text[len] == ',' && text[len + 1] == ' ')
			break;
		depth += text[len] == '[' || text[len] == '{';
		depth -= depth && (text[len] == ']' || text[len] == '}');
	}
	return len;
}

/* The kind of the argument that is printed as the i-th: what stands behind an offset is not (args.c). */
static enum arg_kind kind_of(const struct call_row *row, int i)
{
	for (int k = 1; row && k < row->argc && k <= i; k++)
		i += row->args[k - 1].kind == ARG_OFFSET;
	return row && i < row->argc ? row->args[i].kind : ARG_INT;
}

static void put_pair(struct diff_buffer *b, const struct diff_view *v, const char *text, size_t len)
{
	size_t first = strcspn(text, ",");

	if (*text != '[' || first + 2 >= len || text[len - 1] != ']')
		return diff_put(b, text, len);
	diff_put_text(b, "[");
	put_fd(b, v, text + 1, first - 1);
	diff_put_text(b, ", ");
	put_fd(b, v, text + first + 2, len - first - 3);
	diff_put_text(b, "]");
}

static void put_arg(struct diff_buffer *b, const struct diff_view *v, const struct diff_call *c, int i,
		    const char *text, size_t len)
{
	enum arg_kind kind = kind_of(c->row, i);

	if (kind == ARG_FD)
		put_fd(b, v, text, len);
	else if (c->row && c->row->fds == FDS_RANGE && i < 2 && strtoul(text, NULL, 10) < UINT32_MAX)
		put_fd(b, v, text, len);
	else if (kind == ARG_PAIR)
		put_pair(b, v, text, len);
	else if (kind == ARG_PTR)
		diff_put_text(b, "...");
	/* As long as what is temporary in it. */
	else if ((kind == ARG_ADDRLEN || kind == ARG_ADDRLEN_PTR) && strstr(c->args, "/TMP"))
		diff_put_text(b, "len");
	else
		diff_put_masked(b, text, len);
}

static bool makes_fd(const struct diff_call *c)
{
	if (!c->row)
		return false;
	return c->row->fds == FDS_MAKES || c->row->fds == FDS_ACCEPTS || c->row->fds == FDS_GETS ||
	       c->row->verb == VERB_DUP || (c->row->verb == VERB_FCNTL && strstr(c->args, "F_DUPFD"));
}

static void put_rest(struct diff_buffer *b, const struct diff_view *v, const struct diff_call *c)
{
	if (c->from.text) {
		diff_put_text(b, " <- ");
		diff_put_line(b, v, &c->from);
	}
	if (*c->tail)
		diff_put_text(b, " ");
	diff_put_text(b, c->tail);
}

/* In what was counted: how long it waited is chance, and with how many calls too unless that is asked for. */
static bool is_chance(const struct diff_view *v, const char *arg)
{
	return !strncmp(arg, "blocked=", 8) || (!v->d->strict && strncmp(arg, "messages=", 9));
}

void diff_put_call(struct diff_buffer *b, const struct diff_view *v, const struct diff_call *c)
{
	const char *arg = c->args, *separator = "";
	size_t len;

	diff_put_text(b, c->name);
	diff_put_text(b, "(");
	for (int i = 0; *arg; i++, arg += len + (arg[len] ? 2 : 0)) {
		len = arg_len(arg);
		if (c->row && row_is_sum(c->row) && is_chance(v, arg))
			continue;
		diff_put_text(b, separator);
		put_arg(b, v, c, i, arg, len);
		separator = ", ";
	}
	diff_put_text(b, ") = ");
	if (makes_fd(c))
		put_fd(b, v, c->result, strlen(c->result));
	else
		diff_put_text(b, c->result);
	if (c->of && c->socket == DIFF_NONE) {
		diff_put_text(b, " <");
		diff_put_text(b, c->of);
		diff_put_text(b, ">");
	}
	put_rest(b, v, c);
}

/* Of {msg_name=..., msg_iovlen=1, msg_controllen=0, msg_flags=0}: what is neither NULL nor 0; not how it is split. */
static void put_message(struct diff_buffer *b, const char *text, size_t len)
{
	const char *end = text + len - 1, *p = text + 1;
	size_t field, name;

	for (; p < end; p += field + 2) {
		field = arg_len(p);
		if (field > (size_t)(end - p))
			field = (size_t)(end - p);
		name = strcspn(p, "=") + 1;
		if (name > field || !strncmp(p, "msg_iovlen", 10) || !strncmp(p + name, "0", field - name) ||
		    !strncmp(p + name, "NULL", field - name))
			continue;
		diff_put_text(b, " ");
		diff_put_masked(b, p, field);
	}
}

void diff_put_transfer(struct diff_buffer *b, const struct diff_view *v, const struct diff_call *c)
{
	enum call_mem mem = c->row->mem;
	const char *arg = c->args;
	enum arg_kind kind;
	size_t len;

	diff_put_text(b, c->name);
	for (int i = 0; *arg; i++, arg += len + (arg[len] ? 2 : 0)) {
		len = arg_len(arg);
		kind = kind_of(c->row, i);
		if (kind == ARG_MSG && *arg == '{' && arg[len - 1] == '}') {
			put_message(b, arg, len);
		} else if ((kind == ARG_ADDR && mem == MEM_ADDR_IN && strncmp(arg, "NULL", 4) &&
			    strncmp(arg, "...", 3)) ||
			   ((kind == ARG_MSG_FLAGS || kind == ARG_RWF || kind == ARG_SPLICE) && *arg != '0')) {
			diff_put_text(b, " ");
			diff_put_masked(b, arg, len);
		}
	}
	put_rest(b, v, c);
}
