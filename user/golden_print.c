/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the text of the golden form: a process after the other with its calls (golden_call.c), then its sockets
 * (golden_socket.c).
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "golden_print.h"

void golden_print_process(struct golden_printer *p, int64_t id)
{
	const struct golden_process *process = golden_process(p->g, id);

	golden_print_text(p->out, process ? process->name : "?");
}

void golden_print_name(struct golden_printer *p, int64_t id)
{
	const struct golden_life *l = golden_life(p->g, id);

	if (!l) {
		putc('?', p->out);
		return;
	}
	if (l->owner >= 0)
		golden_print_process(p, l->owner);
	fprintf(p->out, "#%zu", l->number);
}

void golden_print_by(struct golden_printer *p, const struct golden_event *e)
{
	fprintf(p->out, "%s by ", e->row->name);
	golden_print_process(p, e->process);
}

/* What print() is given is gone when it returns. */
static void print_parsed(struct golden_printer *p, const char *json, const void *arg,
			 void (*print)(struct golden_printer *p, const void *arg, const cJSON *o))
{
	const cJSON *o;

	json_begin();
	o = cJSON_Parse(json);
	if (o)
		print(p, arg, o);
	if (json_done() || !o) /* it was parsed once */
		p->failed = true;
}

/* The program without its directory, and what it was given. */
static void print_exec(struct golden_printer *p, const char *exe, const cJSON *args)
{
	const char *slash = strrchr(exe, '/');
	const cJSON *word = args ? args->child : NULL;

	fputs("\texec ", p->out);
	golden_print_text(p->out, slash ? slash + 1 : exe);
	while (word && (word = word->next)) {
		fputs(" \"", p->out);
		golden_print_paths(p, cJSON_IsString(word) ? word->valuestring : "?");
		putc('"', p->out);
	}
	putc('\n', p->out);
}

static void print_exit(FILE *out, const cJSON *exit)
{
	const cJSON *signal = golden_field(exit, "signal");

	if (!exit)
		fputs("\tstill there", out);
	else
		fputs(signal ? "\tkilled by " : "\texited with ", out);
	if (exit)
		golden_print_value(out, signal ? signal : golden_field(exit, "code"));
	putc('\n', out);
}

static void print_process(struct golden_printer *p, const void *arg, const cJSON *o)
{
	const struct golden_process *process = arg;

	fputs("\nprocess ", p->out);
	golden_print_text(p->out, process->name);
	putc('\n', p->out);
	if (golden_process(p->g, process->parent_id)) {
		fputs("\tparent ", p->out);
		golden_print_process(p, process->parent_id);
		putc('\n', p->out);
	}
	if (golden_string(o, "exe"))
		print_exec(p, golden_string(o, "exe"), golden_field(o, "args"));
	print_exit(p->out, golden_field(o, "exit"));
}

/* Between two namespaces a datagram may go by the hand of anybody, and then it is not known who sent it. */
static bool knows_sender(const struct golden *g, const struct golden_event *e, const struct golden_event *sent)
{
	const struct golden_life *to = golden_life(g, e->socket), *from = golden_life(g, sent->socket);

	return !to || !from || to->netns == from->netns;
}

static void print_event(struct golden_printer *p, const void *arg, const cJSON *o)
{
	const struct golden_event *e = arg, *sent = e->sent ? golden_event(p->g, e->sent) : NULL;
	const char *note = golden_string(o, "note"), *via = golden_string(o, "via");

	putc('\t', p->out);
	golden_print_call(p, e->row, o);
	if (e->socket) {
		fputs(" <", p->out);
		golden_print_name(p, e->socket);
		putc('>', p->out);
	}
	if (sent && knows_sender(p->g, e, sent)) {
		fputs(" <- ", p->out);
		golden_print_by(p, sent);
	}
	if (note) {
		fputs(" (", p->out);
		golden_print_text(p->out, note);
		putc(')', p->out);
	}
	if (strcmp(via, via_name(VIA_SYSCALL))) {
		fputs(" via ", p->out);
		golden_print_text(p->out, via);
	}
	putc('\n', p->out);
}

static void print_life(struct golden_printer *p, const void *arg, const cJSON *o)
{
	(void)arg;
	golden_print_life(p, o);
}

static void print_events(struct golden_printer *p, size_t rank, size_t *next)
{
	const struct golden_event *e;
	size_t thread = 1;

	for (; *next < p->g->event_count && p->g->event_order[*next]->rank == rank; ++*next) {
		e = p->g->event_order[*next];
		if (e->thread != thread)
			fprintf(p->out, "    thread %zu\n", e->thread);
		thread = e->thread;
		print_parsed(p, e->json, e, print_event);
	}
}

static void print_lives(struct golden_printer *p, size_t rank, size_t *next)
{
	for (; *next < p->g->life_count && p->g->life_order[*next]->rank == rank; ++*next)
		print_parsed(p, p->g->life_order[*next]->json, NULL, print_life);
}

static void print_all(struct golden_printer *p)
{
	size_t i, event = 0, life = 0;

	for (i = 0; i < p->g->process_count; i++) {
		print_parsed(p, p->g->process_order[i]->json, p->g->process_order[i], print_process);
		print_events(p, i, &event);
		print_lives(p, i, &life);
	}
	if (event < p->g->event_count || life < p->g->life_count) {
		fputs("\nprocess ?\n", p->out);
		print_events(p, GOLDEN_NO_RANK, &event);
		print_lives(p, GOLDEN_NO_RANK, &life);
	}
}

int golden_print(const struct golden *g, FILE *out)
{
	struct golden_printer p = { .g = g, .out = out };

	fputs(GOLDEN_FIRST_LINE "\n", p.out);
	if (g->lost)
		fputs("records were lost\n", p.out);
	if (!g->complete)
		fputs("cut short\n", p.out);
	print_all(&p);
	golden_labels_free(&p.ports);
	golden_labels_free(&p.autobinds);
	golden_labels_free(&p.temporaries);
	if (ferror(p.out))
		return -errno;
	return p.failed ? -ENOMEM : 0;
}
