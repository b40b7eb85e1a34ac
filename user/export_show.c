/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What strace users expect to read: a line a call when it returned, the state changes that it caused below it, the others
 * and trouble underneath with their time, and where a process that made a call executed a program or ended. Times are
 * seconds since the trace's start. Keeps a number for each process that has made a call and is alive.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "call_text.h"
#include "colours.h"
#include "exporter.h"
#include "names.h"
#include "text.h"

#define NSEC 1000000000
#define INDENT 21
#define HELD_NS (NSEC / 2) /* what is held longer is shown on a live view, whatever caused it */

#define HELD_MAX 4096 /* lines about sockets between two of calls; a close_range() has one of each socket */
#define HELD_TEXT 96

struct held { /* a line about a socket */
	int64_t t; /* shown but directly below the call that caused it */
	int64_t socket, cause; /* cause: an event's id, 0: none */
	const char *colour;
	char text[HELD_TEXT];
};

struct shown { /* of a process that made a call */
	int64_t process; /* key: its id */
	uint64_t execs; /* that were shown, or are omitted */
	UT_hash_handle hh;
};

struct show_export {
	FILE *out;
	bool terminal, colours;
	struct held held[HELD_MAX]; /* in order of time, until the next line tells whether their cause is its call */
	size_t held_first, held_count;
	int64_t above; /* the event whose line, and what it caused, was printed last; 0: something else was */
	struct shown *shown;
};

static int status(const struct show_export *x)
{
	return ferror(x->out) ? -errno : 0;
}

/* The number of characters. */
static int print_time(FILE *out, int64_t t)
{
	const char *sign = t < 0 ? "-" : "";
	int64_t ns = t < 0 ? -t : t;

	return fprintf(out, "%s%" PRId64 ".%06" PRId64, sign, ns / NSEC, ns % NSEC / 1000);
}

static void print_colour(const struct show_export *x, const char *colour)
{
	if (x->colours)
		fputs(colour, x->out);
}

static void print_head(const struct show_export *x, int64_t t, uint32_t pid, uint32_t tid, const char *comm)
{
	print_colour(x, DIM);
	print_time(x->out, t);
	print_colour(x, PLAIN);
	fprintf(x->out, " [%u", pid);
	if (tid != pid)
		fprintf(x->out, "/%u", tid);
	putc(' ', x->out);
	print_colour(x, colour_of(pid));
	text_print(x->out, comm, strnlen(comm, COMM_LEN));
	print_colour(x, PLAIN);
	fputs("] ", x->out);
}

static void print_quoted(FILE *out, const char *word, size_t len)
{
	putc('"', out);
	text_print(out, word, len);
	putc('"', out);
}

static void print_exec(const struct show_export *x, const struct process *p, const struct exec *exec)
{
	const char *word, *end = exec->args ? exec->args + exec->args_len : NULL;
	FILE *out = x->out;
	size_t len;

	print_head(x, exec->t, p->pid, p->pid, exec->comm);
	fputs("execve(", out);
	print_quoted(out, exec->exe ? exec->exe : "", exec->exe ? strlen(exec->exe) : 0);
	fputs(", [", out);
	for (word = exec->args; word < end; word += len + 1) {
		len = strnlen(word, (size_t)(end - word));
		fputs(word == exec->args ? "" : ", ", out);
		print_quoted(out, word, len);
	}
	fputs(exec->args_cut ? ", ...]) = 0\n" : "]) = 0\n", out);
}

static void print_line(struct show_export *x, const struct held *h, bool timed)
{
	int len;

	print_colour(x, h->colour);
	len = timed ? print_time(x->out, h->t) : 0;
	fprintf(x->out, "%*s socket %" PRId64 " %s", len < INDENT ? INDENT - 1 - len : 0, "", h->socket, h->text);
	print_colour(x, PLAIN);
	putc('\n', x->out);
	if (timed)
		x->above = 0;
}

/* Those before `t`, up to the first that the event caused. */
static void print_before(struct show_export *x, int64_t t, int64_t event)
{
	const struct held *h;

	for (; x->held_first < x->held_count; x->held_first++) {
		h = &x->held[x->held_first];
		if (h->t >= t || h->cause == event)
			return;
		print_line(x, h, true);
	}
	x->held_first = x->held_count = 0;
}

static void print_all_held(struct show_export *x)
{
	print_before(x, INT64_MAX, -1);
}

/* Caused by the event, and nothing else happened to the socket before. */
static bool is_next(const struct show_export *x, size_t i, int64_t event)
{
	const struct held *h = &x->held[i];

	if (h->cause != event)
		return false;
	for (size_t k = x->held_first; k < i; k++)
		if (x->held[k].socket == h->socket && x->held[k].cause != event)
			return false;
	return true;
}

static void print_below(struct show_export *x, int64_t event)
{
	size_t i;

	x->above = event;
	for (i = x->held_first; i < x->held_count; i++)
		if (is_next(x, i, event))
			print_line(x, &x->held[i], false);
	for (i = x->held_first; i < x->held_count; i++)
		if (!is_next(x, i, event))
			print_line(x, &x->held[i], true);
	x->held_first = x->held_count = 0;
}

static struct shown *shown_find(struct show_export *x, int64_t process)
{
	struct shown *shown;

	HASH_FIND(hh, x->shown, &process, sizeof(process), shown);
	return shown;
}

static struct shown *shown_get(struct show_export *x, int64_t process)
{
	struct shown *shown = shown_find(x, process);

	if (shown)
		return shown;
	shown = calloc(1, sizeof(*shown));
	if (!shown)
		return NULL;
	shown->process = process;
	HASH_ADD(hh, x->shown, process, sizeof(shown->process), shown);
	return shown;
}

static void shown_free(struct show_export *x, struct shown *shown)
{
	HASH_DEL(x->shown, shown);
	free(shown);
}

/* Before the first call after them. Of those that are omitted the first was not. */
static int print_execs(struct show_export *x, const struct process *p)
{
	const uint64_t count = p->exec_count + p->execs_omitted;
	const struct exec *exec;
	struct shown *shown;

	if (p->end != OPEN) /* a call of a kernel thread's, on its behalf */
		return 0;
	shown = shown_get(x, p->id);
	if (!shown)
		return -ENOMEM;
	for (; shown->execs < count; shown->execs++) {
		if (shown->execs && shown->execs <= p->execs_omitted)
			continue;
		exec = &p->execs[shown->execs ? shown->execs - p->execs_omitted : 0];
		if (exec->t < 0)
			continue;
		print_before(x, exec->t, -1);
		print_exec(x, p, exec);
	}
	return 0;
}

static int begin(void *self, FILE *out, int pass)
{
	struct show_export *x = self;

	(void)pass;
	x->out = out;
	x->terminal = is_terminal(out);
	x->colours = colours_wanted(out);
	return 0;
}

static int event(void *self, const struct event *event)
{
	struct show_export *x = self;
	int err = print_execs(x, event->by);

	if (err)
		return err;
	print_before(x, event->t, event->id);
	print_head(x, event->t, event->by->pid, event->call->tid, event->by->comm);
	if (row_is_sum(event->call->row) && event->socket)
		fprintf(x->out, "socket %" PRId64 " ", event->socket);
	call_print(x->out, event->call);
	fputs(" = ", x->out);
	print_colour(x, event->call->err ? RED : "");
	call_print_result(x->out, event->call);
	print_colour(x, event->call->err ? PLAIN : "");
	if (event->dur >= 0) {
		fputs(" <", x->out);
		print_time(x->out, event->dur);
		putc('>', x->out);
	}
	if (event->note)
		fprintf(x->out, " (%s)", event->note);
	call_print_via(x->out, event->call);
	putc('\n', x->out);
	print_below(x, event->id);
	return status(x);
}

static struct held *hold(struct show_export *x, int64_t t, int64_t socket, int64_t cause, const char *colour)
{
	struct held *h;

	if (x->held_count == HELD_MAX)
		print_all_held(x);
	h = &x->held[x->held_count++];
	*h = (struct held){ .t = t, .socket = socket, .cause = cause, .colour = colour };
	return h;
}

static int state(void *self, const struct life *life, const struct state_span *span)
{
	struct show_export *x = self;
	const char *before = span > life->states ? state_name(span[-1].state) : "";
	struct held *h = hold(x, span->from, life->id, span->cause, CYAN);

	snprintf(h->text, sizeof(h->text), "%s%s%s%s%s%s", before, *before ? " -> " : "", state_name(span->state),
		 span->fact ? " (" : "", span->fact ? span->fact : "", span->fact ? ")" : "");
	if (span->cause && span->cause == x->above && x->held_count == 1)
		print_below(x, span->cause);
	return status(x);
}

static int trouble(void *self, const struct life *life, const struct trouble *t)
{
	struct show_export *x = self;
	struct held *h = hold(x, t->t, life->id, 0, RED);
	char text[HELD_TEXT / 2] = "";

	switch (t->kind) {
	case TROUBLE_RETRANSMIT:
		strcpy(h->text, "retransmits");
		break;
	case TROUBLE_RESET:
		if (t->reason)
			text_escape(t->reason, strlen(t->reason), text, sizeof(text));
		snprintf(h->text, sizeof(h->text), "reset %s%s%s%s", t->sent ? "sent" : "received", *text ? " (" : "",
			 text, *text ? ")" : "");
		break;
	case TROUBLE_ERROR:
		snprintf(h->text, sizeof(h->text), "error queued %s", name_errno(t->error, text, sizeof(text)));
		break;
	case TROUBLE_DROP:
		strcpy(h->text, "datagram dropped");
		break;
	case TROUBLE_OVERFLOW:
		snprintf(h->text, sizeof(h->text), "accept queue full: %" PRIu64 " SYN%s dropped since the last look",
			 t->count, t->count == 1 ? "" : "s");
		break;
	}
	return status(x);
}

static int process(void *self, const struct process *process)
{
	struct show_export *x = self;
	struct shown *shown = shown_find(x, process->id);
	char buf[NAME_MAX_TEXT];

	if (shown)
		shown_free(x, shown);
	if (!process->exited || !shown)
		return 0;
	print_all_held(x);
	x->above = 0;
	print_head(x, process->end, process->pid, process->pid, process->comm);
	if (process->signal)
		fprintf(x->out, "+++ killed by %s +++\n", name_signal(process->signal, buf, sizeof(buf)));
	else
		fprintf(x->out, "+++ exited with %d +++\n", process->code);
	return status(x);
}

static void print_loss(FILE *out, const struct loss_interval *loss)
{
	fprintf(out, "lost %" PRIu64 " records (%s) between ", loss->events, loss->reason);
	print_time(out, loss->from);
	fputs(" and ", out);
	print_time(out, loss->to);
	putc('\n', out);
}

/* What waits for the call that caused it would wait as long as that does. */
static int tick(void *self, const struct progress *progress)
{
	struct show_export *x = self;

	if (x->terminal && progress->live)
		print_before(x, progress->now - HELD_NS, -1);
	return status(x);
}

static int end(void *self, const struct trace *trace, int pass)
{
	struct show_export *x = self;
	size_t i;

	(void)pass;
	print_all_held(x);
	for (i = 0; i < trace->loss_count; i++)
		print_loss(x->out, &trace->losses[i]);
	if (trace->lost)
		fprintf(x->out, "lost %" PRIu64 " records in all\n", trace->lost);
	if (!trace->complete)
		fputs("the capture was cut short\n", x->out);
	return status(x);
}

static void *open_export(void)
{
	return calloc(1, sizeof(struct show_export));
}

static void close_export(void *self)
{
	struct show_export *x = self;
	struct shown *shown, *next;

	HASH_ITER (hh, x->shown, shown, next)
		shown_free(x, shown);
	free(x);
}

const struct exporter_ops export_show = {
	.format = "text",
	.passes = 1,
	.begin = begin,
	.event = event,
	.state = state,
	.trouble = trouble,
	.process = process,
	.tick = tick,
	.end = end,
	.open = open_export,
	.close = close_export,
};
