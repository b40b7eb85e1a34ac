/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the text of the golden form: a process after the other with its calls, then its sockets (golden_socket.c). What
 * the kernel chose (ports, names of autobind, pids) gets numbers in the order in which it is printed.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "call_text.h"
#include "golden_print.h"
#include "names.h"

/* net.ipv4.ip_local_port_range as it comes with the kernel. */
#define EPHEMERAL_FIRST 32768
#define EPHEMERAL_LAST 60999
#define AUTOBIND 5 /* hex digits, unix(7) */

static size_t label(struct golden_printer *p, struct golden_labels *labels, uint32_t value)
{
	uint32_t *values;
	size_t i;

	for (i = 0; i < labels->count; i++)
		if (labels->values[i] == value)
			return i + 1;
	values = reallocarray(labels->values, labels->count + 1, sizeof(*values));
	if (!values) {
		p->failed = true;
		return 0;
	}
	labels->values = values;
	labels->values[labels->count] = value;
	return ++labels->count;
}

static void print_inet(struct golden_printer *p, const struct address *a)
{
	unsigned int port = address_port(a);
	char text[ADDRESS_TEXT], *colon;

	text[address_text(a, text, sizeof(text))] = '\0';
	colon = strrchr(text, ':');
	if (port < EPHEMERAL_FIRST || port > EPHEMERAL_LAST || !colon)
		address_print(p->out, a);
	else
		fprintf(p->out, "%.*s:P%zu", (int)(colon - text), text, label(p, &p->ports, port));
}

static void print_unix(struct golden_printer *p, const struct address *a)
{
	const char *name = (const char *)a->bytes + sizeof(sa_family_t) + 1; /* after the NUL of an abstract one */
	char digits[AUTOBIND + 1] = "";

	if (a->len == sizeof(sa_family_t) + 1 + AUTOBIND && !name[-1])
		memcpy(digits, name, AUTOBIND);
	if (strspn(digits, "0123456789abcdef") < AUTOBIND)
		address_print(p->out, a);
	else
		fprintf(p->out, "unix:@AUTO%zu", label(p, &p->autobinds, (uint32_t)strtoul(digits, NULL, 16)));
}

static void print_netlink(struct golden_printer *p, const struct address *a)
{
	struct sockaddr_nl nl = { 0 };

	if (a->len == sizeof(nl))
		memcpy(&nl, a->bytes, sizeof(nl));
	if (nl.nl_pid)
		fprintf(p->out, "netlink:PID/%u", nl.nl_groups);
	else
		address_print(p->out, a);
}

void golden_print_address(void *arg, FILE *out, const struct address *a)
{
	struct golden_printer *p = arg;

	switch (address_family(a)) {
	case AF_INET:
	case AF_INET6:
		return print_inet(p, a);
	case AF_UNIX:
		return print_unix(p, a);
	case AF_NETLINK:
		return print_netlink(p, a);
	default:
		return address_print(out, a);
	}
}

void golden_print_process(struct golden_printer *p, int64_t id)
{
	const struct golden_process *process = golden_process(p->g, id);

	fputs(process ? process->name : "?", p->out);
}

void golden_print_name(struct golden_printer *p, int64_t id)
{
	const struct golden_life *l = golden_life(p->g, id);

	if (!l) {
		fputs("?", p->out);
		return;
	}
	if (l->l.descriptor_count)
		golden_print_process(p, l->l.descriptors[0].process);
	fprintf(p->out, "#%zu", l->number);
}

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The program without its directory, and what it was given. */
static void print_exec(struct golden_printer *p, const struct exec *exec)
{
	const char *word = exec->args, *end = word ? word + exec->args_len : NULL;

	fputs("\texec ", p->out);
	text_print(p->out, base(exec->exe), strlen(base(exec->exe)));
	if (word)
		word += strnlen(word, exec->args_len) + 1;
	for (; word < end; word += strnlen(word, (size_t)(end - word)) + 1) {
		fputs(" \"", p->out);
		text_print(p->out, word, strnlen(word, (size_t)(end - word)));
		putc('"', p->out);
	}
	putc('\n', p->out);
}

static void print_process(struct golden_printer *p, const struct golden_process *process)
{
	char buf[NAME_MAX_TEXT];

	fprintf(p->out, "\nprocess %s\n", process->name);
	if (golden_process(p->g, process->p.parent)) {
		fputs("\tparent ", p->out);
		golden_print_process(p, process->p.parent);
		putc('\n', p->out);
	}
	if (process->p.exec_count && process->exec.exe)
		print_exec(p, &process->exec);
	if (!process->p.exited)
		fputs("\tstill there\n", p->out);
	else if (process->p.signal)
		fprintf(p->out, "\tkilled by %s\n", name_signal(process->p.signal, buf, sizeof(buf)));
	else
		fprintf(p->out, "\texited with %d\n", process->p.code);
}

void golden_print_call(struct golden_printer *p, const struct golden_event *e)
{
	fprintf(p->out, "%s by ", e->call.row->name);
	golden_print_process(p, e->e.process);
}

/* Between two namespaces a datagram may go by the hand of anybody, and then it is not known who sent it. */
static bool knows_sender(const struct golden *g, const struct golden_event *e, const struct golden_event *sent)
{
	const struct golden_life *to = golden_life(g, e->e.socket), *from = golden_life(g, sent->e.socket);

	return !to || !from || to->l.netns == from->l.netns;
}

static void print_event(struct golden_printer *p, const struct golden_event *e)
{
	const struct golden_event *sent = e->e.sent ? golden_event(p->g, e->e.sent) : NULL;

	putc('\t', p->out);
	call_print(p->out, &e->call, &p->style);
	fputs(" = ", p->out);
	call_print_result(p->out, &e->call, &p->style);
	if (e->e.socket) {
		fputs(" <", p->out);
		golden_print_name(p, e->e.socket);
		putc('>', p->out);
	}
	if (sent && knows_sender(p->g, e, sent)) {
		fputs(" <- ", p->out);
		golden_print_call(p, sent);
	}
	if (e->note)
		fprintf(p->out, " (%s)", e->note);
	call_print_via(p->out, &e->call);
	putc('\n', p->out);
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
		print_event(p, e);
	}
}

static void print_lives(struct golden_printer *p, size_t rank, size_t *next)
{
	for (; *next < p->g->life_count && p->g->life_order[*next]->rank == rank; ++*next)
		golden_print_life(p, &p->g->life_order[*next]->l);
}

static void print_all(struct golden_printer *p)
{
	size_t i, event = 0, life = 0;

	for (i = 0; i < p->g->process_count; i++) {
		print_process(p, p->g->process_order[i]);
		print_events(p, i, &event);
		print_lives(p, i, &life);
	}
	if (event < p->g->event_count || life < p->g->life_count) {
		fputs("\nprocess ?\n", p->out);
		print_events(p, GOLDEN_NO_RANK, &event);
		print_lives(p, GOLDEN_NO_RANK, &life);
	}
}

int golden_print(const struct golden *g, const struct trace *trace)
{
	struct golden_printer p = { .g = g,
				    .out = g->out,
				    .style = { .address = golden_print_address, .stable = true } };

	p.style.arg = &p;
	fputs("socklife golden form 1\n", p.out);
	if (trace->lost)
		fputs("records were lost\n", p.out);
	if (!trace->complete)
		fputs("cut short\n", p.out);
	print_all(&p);
	free(p.ports.values);
	free(p.autobinds.values);
	if (ferror(p.out))
		return -errno;
	return p.failed ? -ENOMEM : 0;
}
