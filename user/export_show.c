/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What strace users expect to read: a line a call when it returned, the state changes that it caused below it, the others
 * and trouble underneath with their time, and where a process that made a call executed a program or ended. Times are
 * seconds since the trace's start. Keeps a number a process.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "call_text.h"
#include "exporter.h"
#include "names.h"
#include "text.h"

#define NSEC 1000000000
#define INDENT 21

#define HELD_MAX 4096 /* lines about sockets between two of calls; a close_range() has one of each socket */
#define HELD_TEXT 96

struct held { /* a line about a socket */
	int64_t t; /* shown but directly below the call that caused it */
	int socket, cause; /* cause: an event's id, 0: none */
	char text[HELD_TEXT];
};

struct show_export {
	FILE *out;
	struct held held[HELD_MAX]; /* in order of time, until the next line tells whether their cause is its call */
	size_t held_first, held_count;
	int above; /* the event whose line, and what it caused, was printed last; 0: something else was */
	size_t *shown; /* of each process, by its id: 0 if it made no call yet, else 1 + the execs that were shown */
	size_t room;
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

static void print_head(FILE *out, int64_t t, uint32_t pid, uint32_t tid, const char *comm)
{
	print_time(out, t);
	fprintf(out, " [%u", pid);
	if (tid != pid)
		fprintf(out, "/%u", tid);
	putc(' ', out);
	text_print(out, comm, strnlen(comm, COMM_LEN));
	fputs("] ", out);
}

static void print_quoted(FILE *out, const char *word, size_t len)
{
	putc('"', out);
	text_print(out, word, len);
	putc('"', out);
}

static void print_exec(FILE *out, const struct process *p, const struct exec *exec)
{
	const char *word, *end = exec->args ? exec->args + exec->args_len : NULL;
	size_t len;

	print_head(out, exec->t, p->pid, p->pid, exec->comm);
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
	int len = timed ? print_time(x->out, h->t) : 0;

	fprintf(x->out, "%*s socket %d %s\n", len < INDENT ? INDENT - 1 - len : 0, "", h->socket, h->text);
	if (timed)
		x->above = 0;
}

/* Those before `t`, up to the first that the event caused. */
static void print_before(struct show_export *x, int64_t t, int event)
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
static bool is_next(const struct show_export *x, size_t i, int event)
{
	const struct held *h = &x->held[i];

	if (h->cause != event)
		return false;
	for (size_t k = x->held_first; k < i; k++)
		if (x->held[k].socket == h->socket && x->held[k].cause != event)
			return false;
	return true;
}

static void print_below(struct show_export *x, int event)
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

static int shown_grow(struct show_export *x, size_t id)
{
	size_t room = id < 64 ? 64 : 2 * id;
	size_t *shown = reallocarray(x->shown, room, sizeof(*shown));

	if (!shown)
		return -ENOMEM;
	memset(shown + x->room, 0, (room - x->room) * sizeof(*shown));
	x->shown = shown;
	x->room = room;
	return 0;
}

/* Before the first call after them. */
static int print_execs(struct show_export *x, const struct process *p)
{
	size_t *shown, id = (size_t)p->id;

	if (id >= x->room && shown_grow(x, id))
		return -ENOMEM;
	shown = &x->shown[id];
	for (*shown += !*shown; *shown <= p->exec_count; ++*shown)
		if (p->execs[*shown - 1].t >= 0) {
			print_before(x, p->execs[*shown - 1].t, -1);
			print_exec(x->out, p, &p->execs[*shown - 1]);
		}
	return 0;
}

static int begin(void *self, FILE *out, int pass)
{
	struct show_export *x = self;

	(void)pass;
	x->out = out;
	return 0;
}

static int event(void *self, const struct event *event)
{
	static const struct call_style style = { 0 };
	struct show_export *x = self;
	int err = print_execs(x, event->by);

	if (err)
		return err;
	print_before(x, event->t, event->id);
	print_head(x->out, event->t, event->by->pid, event->call->tid, event->by->comm);
	call_print(x->out, event->call, &style);
	fputs(" = ", x->out);
	call_print_result(x->out, event->call, &style);
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

static struct held *hold(struct show_export *x, int64_t t, int socket, int cause)
{
	struct held *h;

	if (x->held_count == HELD_MAX)
		print_all_held(x);
	h = &x->held[x->held_count++];
	*h = (struct held){ .t = t, .socket = socket, .cause = cause };
	return h;
}

static int state(void *self, const struct life *life, const struct state_span *span)
{
	struct show_export *x = self;
	const char *before = span > life->states ? state_name(span[-1].state) : "";
	struct held *h = hold(x, span->from, life->id, span->cause);

	snprintf(h->text, sizeof(h->text), "%s%s%s%s%s%s", before, *before ? " -> " : "", state_name(span->state),
		 span->fact ? " (" : "", span->fact ? span->fact : "", span->fact ? ")" : "");
	if (span->cause && span->cause == x->above && x->held_count == 1)
		print_below(x, span->cause);
	return status(x);
}

static int trouble(void *self, const struct life *life, const struct trouble *t)
{
	struct show_export *x = self;
	struct held *h = hold(x, t->t, life->id, 0);
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
	char buf[NAME_MAX_TEXT];

	if (!process->exited || (size_t)process->id >= x->room || !x->shown[process->id])
		return 0;
	print_all_held(x);
	x->above = 0;
	print_head(x->out, process->end, process->pid, process->pid, process->comm);
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

	free(x->shown);
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
	.end = end,
	.open = open_export,
	.close = close_export,
};
