/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `report --live`: what is open now, on a terminal, drawn anew each second until q is pressed, or the capture has ended and q
 * is pressed. Keeps a row a live socket, and what it had moved when the rates were taken last.
 */
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "exporter.h"
#include "live_table.h"
#include "screen.h"

#define NSEC 1000000000ull
#define FRAME_NS NSEC
#define HEAD_LINES 4u /* two, and two of the table's */

struct moved { /* by a socket */
	int64_t id;
	uint64_t sent, received; /* bytes, when its rates were taken */
	int64_t sent_rate, received_rate; /* bytes/s */
};

struct live_export {
	FILE *out;
	struct live_order order;
	unsigned int widths[LIVE_COLUMNS];
	struct live_row *rows;
	struct moved *moved, *before; /* in order of ids, as many as were rows then */
	size_t count, before_count, room;
	int64_t taken; /* when the rates were */
	int64_t calls, bytes; /* since then */
	int64_t calls_rate, bytes_rate;
	int64_t seen; /* sockets */
	uint64_t next; /* when the next frame is due: ns, CLOCK_MONOTONIC */
	bool changed; /* the order, since the last frame */
	char *frame; /* the last one */
	size_t frame_len;
};

static struct live_order first_order;

const char *export_live_sort(const char *column)
{
	first_order.column = live_column(column);
	return first_order.column < 0 ? live_column_names() : NULL;
}

static int begin(void *self, FILE *out, int pass)
{
	struct live_export *x = self;

	(void)pass;
	x->out = out;
	x->order = first_order;
	setlocale(LC_CTYPE, "C.UTF-8"); /* what is written is UTF-8 in any */
	screen_open(out);
	return 0;
}

static int event(void *self, const struct event *event)
{
	struct live_export *x = self;

	x->calls += row_is_sum(event->call->row) ? (int64_t)event->call->args[0] : 1;
	if (event->call->bytes > 0)
		x->bytes += event->call->bytes;
	return 0;
}

static int state(void *self, const struct life *life, const struct state_span *span)
{
	struct live_export *x = self;

	(void)span;
	x->seen += life->state_count == 1;
	return 0;
}

static int row_add(void *arg, const struct life *life)
{
	struct live_export *x = arg;

	if (x->count == x->room) {
		size_t room = x->room ? 2 * x->room : 64;
		struct live_row *rows = reallocarray(x->rows, room, sizeof(*rows));

		if (!rows)
			return -ENOMEM;
		x->rows = rows;
		x->room = room;
	}
	x->rows[x->count++] = (struct live_row){ .life = life };
	return 0;
}

static int by_id(const void *a, const void *b)
{
	int64_t x = ((const struct live_row *)a)->life->id, y = ((const struct live_row *)b)->life->id;

	return (x > y) - (x < y);
}

/* Of `amount` in ns. */
static int64_t rate(int64_t amount, int64_t ns)
{
	return ns > 0 && amount > 0 ? (int64_t)((double)amount * (double)NSEC / (double)ns) : 0;
}

/* The rates of a row, whose socket had `was` then (NULL: it was not there). */
static struct moved moved_of(const struct live_row *r, const struct moved *was, int64_t ns)
{
	static const struct moved none;
	struct moved m = { .id = r->life->id, .sent = r->life->sent, .received = r->life->received };

	was = was ? was : &none;
	m.sent_rate = rate((int64_t)(m.sent - was->sent), ns);
	m.received_rate = rate((int64_t)(m.received - was->received), ns);
	return m;
}

/* The rows are in order of ids. due: rates are taken anew, else they are as they were. */
static int rates_take(struct live_export *x, int64_t now, bool due)
{
	struct moved *moved = due ? reallocarray(x->moved, x->count + 1, sizeof(*moved)) : NULL;
	size_t i, k = 0;

	if (due && !moved)
		return -ENOMEM;
	if (due)
		x->moved = moved;
	for (i = 0; i < x->count; i++) {
		struct live_row *r = &x->rows[i];
		const struct moved *was;

		while (k < x->before_count && x->before[k].id < r->life->id)
			k++;
		was = k < x->before_count && x->before[k].id == r->life->id ? &x->before[k] : NULL;
		if (due) {
			moved[i] = moved_of(r, was, now - x->taken);
			was = &moved[i];
		}
		r->now = now;
		r->sent_rate = was ? was->sent_rate : 0;
		r->received_rate = was ? was->received_rate : 0;
	}
	if (!due)
		return 0;
	x->moved = x->before;
	x->before = moved;
	x->before_count = x->count;
	x->calls_rate = rate(x->calls, now - x->taken);
	x->bytes_rate = rate(x->bytes, now - x->taken);
	x->calls = x->bytes = 0;
	x->taken = now;
	return 0;
}

static void head_print(const struct live_export *x, FILE *out, const struct progress *p, unsigned int columns)
{
	time_t sec = (time_t)((p->start + (uint64_t)p->now) / NSEC);
	char date[32] = "", duration[32], bytes[32], line[256];
	struct tm tm;

	if (localtime_r(&sec, &tm))
		strftime(date, sizeof(date), "%H:%M:%S", &tm);
	live_time(p->now, duration, sizeof(duration));
	live_bytes(x->bytes_rate, bytes, sizeof(bytes));
	snprintf(line, sizeof(line), "socklife  %s  after %s  sockets: %zu open, %" PRId64 " seen  lost: %" PRIu64,
		 date, duration, x->count, x->seen, p->lost);
	fprintf(out, "%.*s\n", (int)columns, line);
	snprintf(line, sizeof(line), "calls/s: %" PRId64 "  bytes/s: %s  %s", x->calls_rate, bytes,
		 p->input < 0 ? "the capture has ended: q" : "q ends, a key below sorts, again reverses");
	fprintf(out, "%.*s\n", (int)columns, line);
}

static int frame_make(struct live_export *x, const struct progress *p, unsigned int lines, unsigned int columns)
{
	size_t room = lines > HEAD_LINES ? lines - HEAD_LINES : 0;
	FILE *out;

	free(x->frame);
	x->frame = NULL;
	out = open_memstream(&x->frame, &x->frame_len);
	if (!out)
		return -ENOMEM;
	head_print(x, out, p, columns);
	live_print(out, x->rows, x->count < room ? x->count : room, &x->order, columns, x->widths);
	return fclose(out) ? -ENOMEM : 0;
}

static int draw(struct live_export *x, const struct progress *p, bool due)
{
	unsigned int lines, columns;
	int err;

	screen_size(&lines, &columns);
	x->count = 0;
	err = p->each_life(p->lives, row_add, x);
	if (!err && x->count)
		qsort(x->rows, x->count, sizeof(*x->rows), by_id);
	if (!err)
		err = rates_take(x, p->now, due);
	if (err)
		return err;
	live_sort(x->rows, x->count, &x->order);
	err = frame_make(x, p, lines, columns);
	return err ? err : screen_show(x->frame);
}

/* -ECANCELED: the user has seen enough. */
static int keys_take(struct live_export *x)
{
	int key;

	while ((key = screen_keys() < 0 ? 0 : screen_key())) {
		if (key == 'q')
			return -ECANCELED;
		x->changed |= live_order_key(&x->order, key);
	}
	return 0;
}

static int draw_if_due(struct live_export *x, const struct progress *p)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	bool due = now >= x->next, changed = x->changed, resized = screen_resized();

	if (due)
		x->next = now + FRAME_NS;
	if (resized)
		memset(x->widths, 0, sizeof(x->widths));
	x->changed = false;
	return due || changed || resized ? draw(x, p, due) : 0;
}

/* Until the next frame is due, a key was pressed, or there is more to read. 0: there is. */
static int await_input(struct live_export *x, const struct progress *p)
{
	struct pollfd fds[] = { { .fd = screen_keys(), .events = POLLIN }, { .fd = p->input, .events = POLLIN } };
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	int ms = x->next == UINT64_MAX ? -1 : x->next > now ? (int)((x->next - now) / 1000000) + 1 : 0, err = 0;

	if (fds[0].fd < 0 && fds[1].fd < 0)
		return 0;
	if (poll(fds, 2, ms) < 0)
		return errno == EINTR ? 1 : -errno;
	if (fds[0].revents)
		err = keys_take(x);
	return err ? err : !fds[1].revents;
}

/* The last frame stays, and then on the terminal. */
static int show_end(struct live_export *x, const struct progress *p)
{
	int err = draw(x, p, p->now - x->taken > (int64_t)FRAME_NS / 2);

	x->next = UINT64_MAX;
	while (!err && await_input(x, p) > 0)
		err = draw_if_due(x, p);
	return err;
}

static int tick(void *self, const struct progress *p)
{
	struct live_export *x = self;
	int err;

	if (p->input < 0) {
		err = show_end(x, p);
	} else {
		do {
			err = draw_if_due(x, p);
			err = err ? err : await_input(x, p);
		} while (err > 0);
		if (err != -ECANCELED)
			return err;
	}
	screen_close();
	if (x->frame)
		fwrite(x->frame, 1, x->frame_len, x->out);
	return err;
}

static void *open_export(void)
{
	return calloc(1, sizeof(struct live_export));
}

static void close_export(void *self)
{
	struct live_export *x = self;

	screen_close();
	free(x->rows);
	free(x->moved);
	free(x->before);
	free(x->frame);
	free(x);
}

const struct exporter_ops export_live = {
	.format = "report --live",
	.passes = 1,
	.begin = begin,
	.event = event,
	.state = state,
	.tick = tick,
	.open = open_export,
	.close = close_export,
};
