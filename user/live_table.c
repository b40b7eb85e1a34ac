// SPDX-License-Identifier: GPL-2.0-only
#include "live_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "life_text.h"
#include "names.h"

#define NSEC 1000000000
#define CELL 192 /* bytes */
#define WIDTH_MAX 46u /* columns of a cell: an IPv6 address without its port */

void live_bytes(int64_t bytes, char *text, size_t size)
{
	static const char units[] = "KMGTPE";
	const char *unit = units;
	double n = (double)bytes / 1024;

	if (bytes < 10000) {
		snprintf(text, size, "%" PRId64, bytes);
		return;
	}
	while (n >= 1023.5) {
		n /= 1024;
		unit++;
	}
	snprintf(text, size, n < 99.95 ? "%.1f%c" : "%.0f%c", n, *unit);
}

void live_time(int64_t ns, char *text, size_t size)
{
	int64_t s = ns / NSEC;

	if (s < 60)
		snprintf(text, size, "%" PRId64 ".%" PRId64 "s", s, ns % NSEC / (NSEC / 10));
	else if (s < 3600)
		snprintf(text, size, "%" PRId64 "m%02" PRId64 "s", s / 60, s % 60);
	else if (s < 86400)
		snprintf(text, size, "%" PRId64 "h%02" PRId64 "m", s / 3600, s / 60 % 60);
	else
		snprintf(text, size, "%" PRId64 "d%02" PRId64 "h", s / 86400, s / 3600 % 24);
}

/* The first that is open, else the first of all. */
static const struct descriptor *descriptor_of(const struct life *l)
{
	for (size_t i = 0; i < l->descriptor_count; i++)
		if (l->descriptors[i].to == OPEN)
			return &l->descriptors[i];
	return l->descriptor_count ? l->descriptors : NULL;
}

static enum state state_of(const struct life *l)
{
	return l->state_count ? l->states[l->state_count - 1].state : STATE_NONE;
}

static int64_t id(const struct live_row *r)
{
	return r->life->id;
}

static int64_t fd(const struct live_row *r)
{
	const struct descriptor *d = descriptor_of(r->life);

	return d ? d->fd : -1;
}

static int64_t state(const struct live_row *r)
{
	return state_of(r->life);
}

static int64_t sent_rate(const struct live_row *r)
{
	return r->sent_rate;
}

static int64_t received_rate(const struct live_row *r)
{
	return r->received_rate;
}

static int64_t sent(const struct live_row *r)
{
	return (int64_t)r->life->sent;
}

static int64_t received(const struct live_row *r)
{
	return (int64_t)r->life->received;
}

/* -1: it is no listener, or its depth is not known. */
static int64_t queue(const struct live_row *r)
{
	const struct life *l = r->life;

	return state_of(l) == STATE_LISTENING && l->queue_count ? (int64_t)l->queue[l->queue_count - 1].depth : -1;
}

static int64_t age(const struct live_row *r)
{
	return r->life->created == OPEN ? INT64_MAX : r->now - r->life->created;
}

static int64_t wrong(const struct live_row *r)
{
	const struct life *l = r->life;

	return (int64_t)(l->reset_count + l->error_count + l->retransmits + l->dropped + l->truncated) +
	       (l->overflows > 0 ? l->overflows : 0);
}

static int by_process(const struct live_row *a, const struct live_row *b)
{
	int order = strncmp(a->life->comm, b->life->comm, sizeof(a->life->comm));

	return order ? order : (a->life->pid > b->life->pid) - (a->life->pid < b->life->pid);
}

/* By family, port and address. */
static int by_local(const struct live_row *a, const struct live_row *b)
{
	return memcmp(a->life->local.bytes, b->life->local.bytes, sizeof(a->life->local.bytes));
}

static int by_peer(const struct live_row *a, const struct live_row *b)
{
	return memcmp(a->life->peer.bytes, b->life->peer.bytes, sizeof(a->life->peer.bytes));
}

static void print_process(const struct live_row *r, char *text)
{
	life_who(r->life, text, CELL);
}

static void print_fd(const struct live_row *r, char *text)
{
	const struct descriptor *d = descriptor_of(r->life);
	char buf[NAME_MAX_TEXT];

	snprintf(text, CELL, "%s", d ? name_fd(d->fd, d->direct, buf, sizeof(buf)) : "-");
}

static void print_state(const struct live_row *r, char *text)
{
	snprintf(text, CELL, "%s", life_state(r->life));
}

static void print_local(const struct live_row *r, char *text)
{
	life_address(&r->life->local, text, CELL);
}

static void print_peer(const struct live_row *r, char *text)
{
	life_address(&r->life->peer, text, CELL);
}

static void print_queue(const struct live_row *r, char *text)
{
	int64_t depth = queue(r), backlog = r->life->backlog_effective;
	int len;

	snprintf(text, CELL, "-");
	if (state_of(r->life) != STATE_LISTENING)
		return;
	len = depth < 0 ? snprintf(text, CELL, "?") : snprintf(text, CELL, "%" PRId64, depth);
	if (backlog >= 0)
		snprintf(text + len, CELL - (size_t)len, "/%" PRId64, backlog);
}

/* At least as old as the trace. */
static void print_age(const struct live_row *r, char *text)
{
	*text = '>';
	live_time(r->life->created == OPEN ? r->now : age(r), text + (r->life->created == OPEN), CELL - 1);
}

static void print_wrong(const struct live_row *r, char *text)
{
	life_trouble(r->life, text, CELL);
	memmove(text, text + strspn(text, ", "), strlen(text) + 1 - strspn(text, ", "));
}

/* clang-format off */
static const struct live_column {
	const char *title;
	char key;
	bool left; /* its cells stand there */
	bool most; /* numbers fall */
	int64_t (*number)(const struct live_row *r); /* NULL: `compare` */
	int (*compare)(const struct live_row *a, const struct live_row *b);
	void (*print)(const struct live_row *r, char *text); /* NULL: the number, in units of bytes */
} table[LIVE_COLUMNS] = {
	{ "ID",         'i', .number = id },
	{ "PROCESS",    'p', .left = true, .compare = by_process, .print = print_process },
	{ "FD",         'f', .number = fd, .print = print_fd },
	{ "STATE",      't', .left = true, .number = state, .print = print_state },
	{ "LOCAL",      'l', .left = true, .compare = by_local, .print = print_local },
	{ "PEER",       'e', .left = true, .compare = by_peer, .print = print_peer },
	{ "SENT/s",     's', .most = true, .number = sent_rate },
	{ "RECEIVED/s", 'r', .most = true, .number = received_rate },
	{ "SENT",       'S', .most = true, .number = sent },
	{ "RECEIVED",   'R', .most = true, .number = received },
	{ "QUEUE",      'u', .most = true, .number = queue, .print = print_queue },
	{ "AGE",        'a', .most = true, .number = age, .print = print_age },
	{ "WRONG",      'w', .left = true, .most = true, .number = wrong, .print = print_wrong },
};
/* clang-format on */

int live_column(const char *name)
{
	for (int i = 0; i < LIVE_COLUMNS; i++)
		if (!strcasecmp(table[i].title, name))
			return i;
	return -1;
}

const char *live_column_names(void)
{
	static char names[LIVE_COLUMNS * 16];
	size_t len = 0;

	for (int i = 0; i < LIVE_COLUMNS; i++) {
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s", i ? ", " : "");
		for (const char *c = table[i].title; *c; c++)
			names[len++] = (char)(*c >= 'A' && *c <= 'Z' ? *c + 'a' - 'A' : *c);
	}
	return names;
}

bool live_order_key(struct live_order *order, int key)
{
	for (int i = 0; i < LIVE_COLUMNS; i++) {
		if (table[i].key != key)
			continue;
		order->reversed = order->column == i && !order->reversed;
		order->column = i;
		return true;
	}
	return false;
}

static bool falls(const struct live_order *order)
{
	return table[order->column].most != order->reversed;
}

static int row_compare(const void *x, const void *y, void *arg)
{
	const struct live_order *order = arg;
	const struct live_column *c = &table[order->column];
	const struct live_row *a = x, *b = y;
	int64_t n = c->number ? c->number(a) : 0, m = c->number ? c->number(b) : 0;
	int is = c->number ? (n > m) - (n < m) : c->compare(a, b);

	if (!is)
		return a->life->id < b->life->id ? -1 : 1;
	return falls(order) ? -is : is;
}

void live_sort(struct live_row *rows, size_t count, const struct live_order *order)
{
	if (count)
		qsort_r(rows, count, sizeof(*rows), row_compare, (void *)order);
}

/* The bytes of the text that fit into so many columns, and how many of those they take. */
static size_t text_fit(const char *text, unsigned int columns, unsigned int *used)
{
	size_t len = strlen(text), at = 0;
	mbstate_t state = { 0 };

	*used = 0;
	while (at < len) {
		wchar_t c = 0;
		size_t n = mbrtowc(&c, text + at, len - at, &state);
		int width = n && n <= len - at ? wcwidth(c) : -1;

		if (width < 0) {
			n = 1;
			width = 1;
			memset(&state, 0, sizeof(state));
		}
		if (*used + (unsigned int)width > columns)
			break;
		*used += (unsigned int)width;
		at += n;
	}
	return at;
}

struct line {
	FILE *out;
	unsigned int left; /* columns */
};

static void put(struct line *l, const char *text, unsigned int columns)
{
	unsigned int used;
	size_t len = text_fit(text, columns < l->left ? columns : l->left, &used);

	fwrite(text, 1, len, l->out);
	l->left -= used;
}

static void put_spaces(struct line *l, unsigned int count)
{
	for (; count && l->left; count--, l->left--)
		putc(' ', l->out);
}

static void put_cell(struct line *l, int column, const char *text, unsigned int width)
{
	unsigned int used;

	text_fit(text, width, &used);
	if (column)
		put_spaces(l, 1);
	if (!table[column].left)
		put_spaces(l, width - used);
	put(l, text, width);
	if (table[column].left && column < LIVE_COLUMNS - 1)
		put_spaces(l, width - used);
}

static void cell_print(const struct live_row *r, int column, char *text)
{
	if (table[column].print)
		table[column].print(r, text);
	else if (table[column].number == id)
		snprintf(text, CELL, "%" PRId64, r->life->id);
	else
		live_bytes(table[column].number(r), text, CELL);
}

static void widths_grow(const struct live_row *rows, size_t count, unsigned int *widths)
{
	char text[CELL];
	unsigned int used;

	for (int c = 0; c < LIVE_COLUMNS; c++) {
		unsigned int title = (unsigned int)strlen(table[c].title);

		widths[c] = widths[c] > title ? widths[c] : title;
		for (size_t i = 0; i < count; i++) {
			cell_print(&rows[i], c, text);
			text_fit(text, WIDTH_MAX, &used);
			widths[c] = widths[c] > used ? widths[c] : used;
		}
	}
	widths[LIVE_COLUMNS - 1] = CELL;
}

void live_print(FILE *out, const struct live_row *rows, size_t count, const struct live_order *order,
		unsigned int columns, unsigned int widths[LIVE_COLUMNS])
{
	struct line line = { out, columns };
	char text[CELL];

	widths_grow(rows, count, widths);
	for (int c = 0; c < LIVE_COLUMNS; c++) {
		snprintf(text, sizeof(text), "%c%s", table[c].key, c != order->column ? "" : falls(order) ? "v" : "^");
		put_cell(&line, c, text, widths[c]);
	}
	putc('\n', out);
	line.left = columns;
	fputs("\x1b[7m", out);
	for (int c = 0; c < LIVE_COLUMNS; c++)
		put_cell(&line, c, table[c].title, widths[c]);
	fputs("\x1b[0m\n", out);
	for (size_t i = 0; i < count; i++) {
		line.left = columns;
		for (int c = 0; c < LIVE_COLUMNS; c++) {
			cell_print(&rows[i], c, text);
			put_cell(&line, c, text, widths[c]);
		}
		putc('\n', out);
	}
}
