/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The html format: the page, which the build has made of web/, then the timeline's objects as tables of columns, in
 * blocks of JSON: a head with everything but the events, and the events in chunks. Owns which table has which columns;
 * what is in an object is timeline.h's, how a column is written columns.h's.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "block.h"
#include "columns.h"
#include "exporter.h"
#include "in_order.h"
#include "timeline.h"
#include "values.h"

#define CHUNK_ROWS 65536

extern const char page_html[];
extern const unsigned int page_html_len;

/* clang-format off */
static const struct column process_columns[] = {
	INT(id), INT(pid), INT(inner_pid), INT(parent), VALUE(comm), VALUE(exe), VALUE(args), VALUE(execs), INT(start), INT(end),
	VALUE(exit), VALUE(omitted), { 0 },
};

static const struct column socket_columns[] = {
	INT(id), VALUE(inode), VALUE(family), VALUE(type), VALUE(protocol), VALUE(flags), VALUE(netns), VALUE(origin),
	VALUE(found), VALUE(role), VALUE(local), VALUE(peer), INT(peer_socket), INT(listener), VALUE(backlog), VALUE(queue),
	VALUE(queued), VALUE(in_flight), VALUE(bytes), VALUE(messages), INT(retransmits), VALUE(resets), VALUE(errors),
	VALUE(closed), VALUE(omitted), VALUE(uncertain), { 0 },
};

static const struct column state_columns[] = {
	INT(socket), VALUE(state), INT(from), INT(to), INT(cause), { 0 },
};

static const struct column peer_columns[] = {
	INT(socket), VALUE(peer), INT(from), INT(to), { 0 },
};

static const struct column attempt_columns[] = {
	INT(socket), INT(from), INT(to), VALUE(peer), VALUE(returned), VALUE(outcome), VALUE(learned), { 0 },
};

static const struct column descriptor_columns[] = {
	INT(socket), INT(process), INT(fd), INT(from), INT(to), VALUE(how), VALUE(end), { 0 },
};

/* Which descriptor a call is made on stands in its args, and so who makes it, on which socket, with which result. */
static const struct column event_columns[] = {
	INT(id), INT(t), INT(dur), VALUE(args), VALUE(tid, .after = "args"), VALUE(call, .after = "args"), VALUE(via),
	INT(fd, .after = "args"), INT(socket, .after = "args"), INT(ret, .after = "args"),
	INT(bytes, .like = "ret", .after = "args"), INT(process, .after = "tid"), VALUE(error), VALUE(backlog), INT(sent),
	VALUE(note),
	{ 0 },
};
/* clang-format on */

/* From TABLE_STATES on: arrays of objects in a socket, under the name of the table. */
enum { TABLE_PROCESSES, TABLE_SOCKETS, TABLE_STATES, TABLE_PEERS, TABLE_ATTEMPTS, TABLE_DESCRIPTORS, TABLES };

static const struct {
	const char *name;
	const struct column *columns;
} tables[TABLES] = {
	[TABLE_PROCESSES] = { "processes", process_columns },
	[TABLE_SOCKETS] = { "sockets", socket_columns },
	[TABLE_STATES] = { "states", state_columns },
	[TABLE_PEERS] = { "peers", peer_columns },
	[TABLE_ATTEMPTS] = { "attempts", attempt_columns },
	[TABLE_DESCRIPTORS] = { "descriptors", descriptor_columns },
};

struct html_export {
	FILE *out;
	int pass;
	struct block *block;
	struct values *values, *texts;
	struct columns *tables[TABLES];
	struct columns *chunk; /* events that have not been written yet */
	struct in_order *order;
	int64_t events;
};

static int write_chunk(struct html_export *x)
{
	block_begin(x->block, x->out, "chunk");
	block_string(x->block, "{\"values\":[");
	values_write(x->values, x->block);
	block_string(x->block, "],");
	columns_write(x->chunk, x->block);
	block_string(x->block, "}");
	columns_clear(x->chunk);
	return block_end(x->block);
}

static int put_event(void *self, const void *cells, size_t len)
{
	struct html_export *x = self;
	int err = columns_put(x->chunk, cells);

	(void)len;
	if (!err && columns_rows(x->chunk) == CHUNK_ROWS)
		err = write_chunk(x);
	return err;
}

static int begin(void *self, FILE *out, int pass)
{
	struct html_export *x = self;
	int err = pass ? 0 : in_order_open(&x->order, put_event, x);

	x->out = out;
	x->pass = pass;
	if (!err)
		in_order_begin(x->order, pass);
	return err;
}

static int event(void *self, const struct event *event)
{
	struct html_export *x = self;
	int64_t cells[COLUMNS_MAX];
	int err, full;
	cJSON *o;

	x->events += !x->pass;
	if (!in_order_takes(x->order, event->t, event->dur))
		return 0;
	o = json_begin();
	timeline_event(o, event);
	err = columns_cells(x->chunk, o, cells);
	full = json_done();
	if (err || full)
		return err ? err : full;
	return in_order_add(x->order, event->t, event->id, cells, columns_row_size(x->chunk));
}

static int process(void *self, const struct process *process)
{
	struct html_export *x = self;
	int err, full;
	cJSON *o;

	if (x->pass)
		return 0;
	o = json_begin();
	timeline_process(o, process);
	err = columns_add(x->tables[TABLE_PROCESSES], o);
	full = json_done();
	return err ? err : full;
}

/* The objects of an array in a socket, as rows of the array's own table. */
static int add_rows(struct columns *table, const char *name, cJSON *object, int64_t socket)
{
	cJSON *array = cJSON_DetachItemFromObjectCaseSensitive(object, name), *one;
	int err = 0;

	cJSON_ArrayForEach (one, array) {
		json_int(one, "socket", socket);
		err = err ? err : columns_add(table, one);
	}
	return err;
}

static int life(void *self, const struct life *life)
{
	struct html_export *x = self;
	int i, full, err = 0;
	cJSON *o;

	if (x->pass)
		return 0;
	o = json_begin();
	timeline_socket(o, life);
	for (i = TABLE_STATES; !err && i < TABLES; i++)
		err = add_rows(x->tables[i], tables[i].name, o, life->id);
	if (!err)
		err = columns_add(x->tables[TABLE_SOCKETS], o);
	full = json_done();
	return err ? err : full;
}

/* What each call does, so that the page need not know their names. */
static void add_calls(cJSON *object)
{
	static const char *const calls[][2] = {
#define CALL(name, verb, ...) { #name, #verb },
		SYSCALLS(CALL)
#undef CALL
	};
	char text[16];
	size_t i, k;

	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		for (k = 0; calls[i][1][k] && k < sizeof(text) - 1; k++)
			text[k] = calls[i][1][k] == '_' ? '-' : (char)tolower(calls[i][1][k]);
		text[k] = '\0';
		json_string(object, calls[i][0], text);
	}
}

static void write_tables(struct html_export *x)
{
	int i;

	for (i = 0; i < TABLES; i++) {
		block_string(x->block, i ? ",\"" : "\"");
		block_string(x->block, tables[i].name);
		block_string(x->block, "\":{");
		columns_write(x->tables[i], x->block);
		block_string(x->block, "}");
	}
}

/* All but the events. */
static int write_head(struct html_export *x, const struct trace *trace)
{
	cJSON *o = json_begin();
	const char *text;
	size_t len;
	int i, err;

	timeline_head(o, trace);
	timeline_trace(json_object(o, "trace"), trace);
	add_calls(json_object(o, "calls"));
	err = json_end(o, &text, &len);
	for (i = 0; !err && i < TABLES; i++)
		err = columns_sort(x->tables[i]);
	if (err)
		return err;
	if (fwrite_unlocked(page_html, 1, page_html_len, x->out) != page_html_len)
		return -errno;
	block_begin(x->block, x->out, "head");
	block_text(x->block, text, len - 1); /* the object goes on */
	block_string(x->block, ",\"values\":[");
	values_write(x->values, x->block);
	block_string(x->block, "],\"tables\":{");
	write_tables(x);
	block_string(x->block, "},\"events\":");
	block_int(x->block, x->events);
	block_string(x->block, "}");
	return block_end(x->block);
}

static int end(void *self, const struct trace *trace, int pass)
{
	struct html_export *x = self;
	int err = in_order_end(x->order);

	if (err)
		return err;
	if (!pass)
		return write_head(x, trace);
	if (columns_rows(x->chunk))
		err = write_chunk(x);
	if (err)
		return err;
	return fputs("</body></html>\n", x->out) < 0 ? -errno : 0;
}

static void close_export(void *self)
{
	struct html_export *x = self;
	int i;

	for (i = 0; i < TABLES; i++)
		columns_free(x->tables[i]);
	columns_free(x->chunk);
	in_order_close(x->order);
	values_free(x->values);
	values_free(x->texts);
	block_free(x->block);
	free(x);
}

static void *open_blocks(bool compress)
{
	struct html_export *x = calloc(1, sizeof(*x));
	bool whole;
	int i;

	if (!x)
		return NULL;
	x->block = block_new(compress);
	x->values = values_new();
	x->texts = values_new();
	x->chunk = columns_new(event_columns, x->values, x->texts);
	whole = x->block && x->values && x->texts && x->chunk;
	for (i = 0; i < TABLES; i++) {
		x->tables[i] = columns_new(tables[i].columns, x->values, x->texts);
		whole = whole && x->tables[i];
	}
	if (whole)
		return x;
	close_export(x);
	return NULL;
}

static void *open_plain(void)
{
	return open_blocks(false);
}

static void *open_compressed(void)
{
	return open_blocks(true);
}

#define HTML_OPS \
	.format = "html", .passes = 2, .begin = begin, .event = event, .process = process, .life = life, .end = end, \
	.close = close_export

const struct exporter_ops export_html = { HTML_OPS, .open = open_plain };
const struct exporter_ops export_html_compressed = { HTML_OPS, .open = open_compressed };
