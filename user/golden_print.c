/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the text of the golden form: a process after the other with its calls, then its sockets. What the kernel chose
 * (ports, names of autobind, pids) gets numbers in the order in which it is printed.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "call_text.h"
#include "golden.h"
#include "names.h"

/* net.ipv4.ip_local_port_range as it comes with the kernel. */
#define EPHEMERAL_FIRST 32768
#define EPHEMERAL_LAST 60999
#define AUTOBIND 5 /* hex digits, unix(7) */

struct labels {
	uint32_t *values;
	size_t count;
};

struct printer {
	const struct golden *g;
	FILE *out;
	struct labels ports, autobinds;
	struct call_style style;
	bool failed; /* no memory */
};

static size_t label(struct printer *p, struct labels *labels, uint32_t value)
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

static void print_inet(struct printer *p, const struct address *a)
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

static void print_unix(struct printer *p, const struct address *a)
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

static void print_netlink(struct printer *p, const struct address *a)
{
	struct sockaddr_nl nl = { 0 };

	if (a->len == sizeof(nl))
		memcpy(&nl, a->bytes, sizeof(nl));
	if (nl.nl_pid)
		fprintf(p->out, "netlink:PID/%u", nl.nl_groups);
	else
		address_print(p->out, a);
}

static void print_address(void *arg, FILE *out, const struct address *a)
{
	struct printer *p = arg;

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

static void print_process_name(struct printer *p, int id)
{
	const struct golden_process *process = golden_process(p->g, id);

	fputs(process ? process->name : "?", p->out);
}

static void print_life_name(struct printer *p, int id)
{
	const struct golden_life *l = golden_life(p->g, id);

	if (!l) {
		fputs("?", p->out);
		return;
	}
	if (l->l.descriptor_count)
		print_process_name(p, l->l.descriptors[0].process);
	fprintf(p->out, "#%zu", l->number);
}

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The program without its directory, and what it was given. */
static void print_exec(struct printer *p, const struct exec *exec)
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

static void print_process(struct printer *p, const struct golden_process *process)
{
	char buf[NAME_MAX_TEXT];

	fprintf(p->out, "\nprocess %s\n", process->name);
	if (golden_process(p->g, process->p.parent)) {
		fputs("\tparent ", p->out);
		print_process_name(p, process->p.parent);
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

static void print_event(struct printer *p, const struct golden_event *e)
{
	putc('\t', p->out);
	call_print(p->out, &e->call, &p->style);
	fputs(" = ", p->out);
	call_print_result(p->out, &e->call, &p->style);
	if (e->e.socket) {
		fputs(" <", p->out);
		print_life_name(p, e->e.socket);
		putc('>', p->out);
	}
	if (e->note)
		fprintf(p->out, " (%s)", e->note);
	putc('\n', p->out);
}

static void print_events(struct printer *p, size_t rank, size_t *next)
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

static void print_line(struct printer *p, const char *name, const struct address *a)
{
	if (!a->len)
		return;
	fprintf(p->out, "\t%s ", name);
	print_address(p, p->out, a);
	putc('\n', p->out);
}

static void print_other(struct printer *p, const char *name, int id)
{
	if (!id)
		return;
	fprintf(p->out, "\t%s ", name);
	print_life_name(p, id);
	putc('\n', p->out);
}

static void print_kind(struct printer *p, const struct life *l)
{
	static const char *const roles[] = { "", ", active", ", passive" };
	char family[NAME_MAX_TEXT], type[NAME_MAX_TEXT], protocol[NAME_MAX_TEXT], flags[NAME_MAX_TEXT];

	if (l->known)
		fprintf(p->out, "\t%s, %s, %s", name_family(l->family, family, sizeof(family)),
			name_type(l->type, type, sizeof(type)),
			name_protocol(l->family, l->protocol, protocol, sizeof(protocol)));
	else
		fputs("\tunknown", p->out);
	if (l->flags)
		fprintf(p->out, ", %s", name_arg(ARG_SOCK_FLAGS, l->flags, flags, sizeof(flags)));
	fprintf(p->out, ", from %s%s%s\n", origin_name(l->origin), roles[l->role], l->uncertain ? ", uncertain" : "");
}

static void print_states(struct printer *p, const struct life *l)
{
	const struct golden_event *cause;
	size_t i;

	for (i = 0; i < l->state_count; i++) {
		fprintf(p->out, "\tstate %s", state_name(l->states[i].state));
		cause = l->states[i].cause ? golden_event(p->g, l->states[i].cause) : NULL;
		if (cause) {
			fprintf(p->out, ": %s by ", cause->call.row->name);
			print_process_name(p, cause->e.process);
		} else if (l->states[i].fact) {
			fprintf(p->out, ": %s", l->states[i].fact);
		}
		putc('\n', p->out);
	}
}

static void print_attempt(struct printer *p, const struct attempt *a)
{
	static const char *const outcomes[] = {
		[ATTEMPT_OPEN] = "open",
		[ATTEMPT_CONNECTED] = "connected",
		[ATTEMPT_INTERRUPTED] = "interrupted",
		[ATTEMPT_ABANDONED] = "abandoned",
	};
	char buf[NAME_MAX_TEXT];

	fputs("\tattempt to ", p->out);
	print_address(p, p->out, &a->peer);
	fprintf(p->out, " returned %s", a->did_return ? name_errno(a->returned, buf, sizeof(buf)) : "never");
	fprintf(p->out, ", outcome %s",
		a->outcome == ATTEMPT_ERROR ? name_errno(a->error, buf, sizeof(buf)) : outcomes[a->outcome]);
	if (a->learned != LEARNED_NOT)
		fprintf(p->out, ", learned by %s", learned_name(a->learned));
	putc('\n', p->out);
}

/* A process after the other: which of two got its descriptor first is chance. */
static void print_descriptors(struct printer *p, const struct life *l)
{
	const struct descriptor *d;
	size_t rank, i;

	for (rank = 0; rank < p->g->process_count; rank++)
		for (i = 0; i < l->descriptor_count; i++) {
			d = &l->descriptors[i];
			if (d->process != p->g->process_order[rank]->p.id)
				continue;
			fprintf(p->out, "\tdescriptor %d of %s: %s to %s\n", d->fd, p->g->process_order[rank]->name,
				how_name(d->how), end_name(d->end));
		}
}

static void print_backlog(struct printer *p, const struct life *l)
{
	if (!l->listened)
		return;
	fprintf(p->out, "\tbacklog %" PRId64 ", effective %" PRId64 "\n", l->backlog_asked, l->backlog_effective);
}

static void print_traffic(struct printer *p, const struct life *l)
{
	fprintf(p->out, "\tbytes sent %" PRIu64 ", received %" PRIu64 "\n", l->sent, l->received);
	if (l->known && lifecycle_kind(l->type) == KIND_DATAGRAM)
		fprintf(p->out, "\tmessages sent %" PRIu64 ", received %" PRIu64 ", truncated %" PRIu64 "\n",
			l->messages_sent, l->messages_received, l->truncated);
}

static void print_life(struct printer *p, const struct life *l)
{
	size_t i;

	fputs("socket ", p->out);
	print_life_name(p, l->id);
	putc('\n', p->out);
	print_kind(p, l);
	print_line(p, "local", &l->local);
	print_line(p, "peer", &l->peer);
	print_other(p, "peer socket", l->peer_socket);
	print_other(p, "listener", l->listener);
	print_backlog(p, l);
	print_states(p, l);
	for (i = 0; i < l->peer_count; i++)
		print_line(p, "peer span", &l->peers[i].peer);
	for (i = 0; i < l->attempt_count; i++)
		print_attempt(p, &l->attempts[i]);
	print_descriptors(p, l);
	print_traffic(p, l);
	if (l->closed == OPEN)
		fputs("\tnot closed\n", p->out);
	else
		fprintf(p->out, "\tclosed by %s%s\n", end_name(l->closed_by), l->held ? ", held by a call" : "");
}

static void print_lives(struct printer *p, size_t rank, size_t *next)
{
	for (; *next < p->g->life_count && p->g->life_order[*next]->rank == rank; ++*next)
		print_life(p, &p->g->life_order[*next]->l);
}

static void print_all(struct printer *p)
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
	struct printer p = { .g = g, .out = g->out, .style = { .address = print_address, .stable = true } };

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
