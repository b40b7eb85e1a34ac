/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What strace users expect to read: a line a call when it returned, the socket's state changes in between, trouble
 * underneath it as well, and where a process that made a call executed a program or ended. Times are seconds since the
 * trace's start. Keeps a number a process.
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

#define HELD_MAX 8 /* lines about sockets between two of calls; a socketpair makes two, a dup2 one more */
#define HELD_TEXT 96

struct held { /* a line about a socket */
	int64_t t; /* shown where no call is the cause */
	int socket, cause; /* cause: an event's id, 0: none */
	char text[HELD_TEXT];
};

struct show_export {
	FILE *out;
	struct held held[HELD_MAX]; /* until the next line tells whether their cause is its call */
	size_t held_count;
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
		if (p->execs[*shown - 1].t >= 0)
			print_exec(x->out, p, &p->execs[*shown - 1]);
	return 0;
}

static void print_line(FILE *out, const struct held *h)
{
	int len = h->cause ? 0 : print_time(out, h->t);

	fprintf(out, "%*s socket %d %s\n", len < INDENT ? INDENT - 1 - len : 0, "", h->socket, h->text);
}

/* A call's own changes stand below it, those that were there before it above. */
static void print_held(struct show_export *x, int event, bool own)
{
	for (size_t i = 0; i < x->held_count; i++)
		if ((x->held[i].cause == event) == own)
			print_line(x->out, &x->held[i]);
	if (own)
		x->held_count = 0;
}

static void print_all_held(struct show_export *x)
{
	print_held(x, -1, false);
	x->held_count = 0;
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
	print_held(x, event->id, false);
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
	putc('\n', x->out);
	print_held(x, event->id, true);
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
		snprintf(h->text, sizeof(h->text), "queue overflow (%" PRIu64 " refused)", t->count);
		break;
	}
	return status(x);
}

static int process(void *self, const struct process *process)
{
	struct show_export *x = self;
	char buf[NAME_MAX_TEXT];

	print_all_held(x);
	if (!process->exited || (size_t)process->id >= x->room || !x->shown[process->id])
		return 0;
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
