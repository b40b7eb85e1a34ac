/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which fields a trace, a process and a socket have in JSON; events are in timeline_event.c. A field that does not
 * apply is left out, one that is not known or still open is null. Knows no file and no order of objects.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "names.h"
#include "timeline.h"

#define NSEC 1000000000u

void timeline_address(cJSON *object, const char *key, const struct address *a)
{
	char text[ADDRESS_TEXT];

	if (a->len)
		json_bytes(object, key, text, address_text(a, text, sizeof(text)));
	else
		json_null(object, key);
}

void timeline_head(cJSON *object, const struct trace *trace)
{
	json_text(object, "format", TIMELINE_FORMAT);
	json_int(object, "version", TIMELINE_VERSION);
	json_string(object, "tool", trace->tool);
}

/* RFC 3339, in UTC. */
static void add_start(cJSON *object, uint64_t ns)
{
	time_t sec = (time_t)(ns / NSEC);
	struct tm tm;
	char date[64], text[80];

	if (!gmtime_r(&sec, &tm) || !strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm))
		return json_null(object, "start");
	snprintf(text, sizeof(text), "%s.%09uZ", date, (unsigned int)(ns % NSEC));
	json_string(object, "start", text);
}

static void add_command(cJSON *object, char **command)
{
	cJSON *words;

	if (!command)
		return json_null(object, "command");
	words = json_array(object, "command");
	for (; *command; command++)
		json_string(words, NULL, *command);
}

static void add_losses(cJSON *object, const struct trace *trace)
{
	cJSON *lost = json_object(object, "lost"), *intervals, *one;
	const struct loss_interval *loss;
	size_t i;

	json_size(lost, "events", trace->lost);
	intervals = json_array(lost, "intervals");
	for (i = 0; i < trace->loss_count; i++) {
		loss = &trace->losses[i];
		one = json_object(intervals, NULL);
		json_known(one, "from", loss->from);
		json_known(one, "to", loss->to);
		json_size(one, "events", loss->events);
		json_string(one, "reason", loss->reason);
	}
}

static void add_blind(cJSON *object, const struct trace *trace)
{
	cJSON *blind = json_array(object, "blind"), *one;
	size_t i;

	for (i = 0; i < trace->blind_count; i++) {
		one = json_object(blind, NULL);
		json_text(one, "what", trace->blind[i].what);
		json_known(one, "from", trace->blind[i].from);
		json_known(one, "to", trace->blind[i].to);
	}
}

void timeline_trace(cJSON *object, const struct trace *trace)
{
	add_start(object, trace->start);
	json_known(object, "duration", trace->duration);
	json_string(object, "host", trace->host);
	json_string(object, "kernel", trace->kernel);
	json_string(object, "arch", trace->arch);
	add_command(object, trace->command);
	json_bool(object, "complete", trace->complete);
	add_losses(object, trace);
	add_blind(object, trace);
}

static void add_comm(cJSON *object, const char *comm)
{
	json_bytes(object, "comm", comm, strnlen(comm, COMM_LEN));
}

static void add_args(cJSON *object, const struct exec *exec)
{
	const char *word, *end;
	cJSON *args;

	if (!exec->args)
		return json_null(object, "args");
	args = json_array(object, "args");
	end = exec->args + exec->args_len;
	for (word = exec->args; word < end; word += strnlen(word, (size_t)(end - word)) + 1)
		json_bytes(args, NULL, word, strnlen(word, (size_t)(end - word)));
	if (exec->args_cut)
		json_text(args, NULL, "...");
}

static void add_execs(cJSON *object, const struct process *process)
{
	cJSON *execs = json_array(object, "execs"), *one;
	size_t i;

	for (i = 0; i < process->exec_count; i++) {
		one = json_object(execs, NULL);
		json_known(one, "t", process->execs[i].t);
		add_comm(one, process->execs[i].comm);
		json_string(one, "exe", process->execs[i].exe);
		add_args(one, &process->execs[i]);
	}
}

static void add_exit(cJSON *object, const struct process *process)
{
	char buf[NAME_MAX_TEXT];
	cJSON *exit;

	if (!process->exited)
		return json_null(object, "exit");
	exit = json_object(object, "exit");
	if (process->signal)
		json_name(exit, "signal", name_signal(process->signal, buf, sizeof(buf)));
	else
		json_int(exit, "code", process->code);
}

void timeline_process(cJSON *object, const struct process *process)
{
	static const struct exec none;
	const struct exec *last = process->exec_count ? &process->execs[process->exec_count - 1] : &none;

	json_int(object, "id", process->id);
	json_size(object, "pid", process->pid);
	json_id(object, "parent", process->parent);
	add_comm(object, process->comm);
	json_string(object, "exe", last->exe);
	add_args(object, last);
	add_execs(object, process);
	json_known(object, "start", process->start);
	json_known(object, "end", process->end);
	add_exit(object, process);
}

static void add_kind(cJSON *object, const struct life *life)
{
	char buf[NAME_MAX_TEXT];

	if (!life->known) {
		json_null(object, "family");
		json_null(object, "type");
		json_null(object, "protocol");
	} else {
		json_name(object, "family", name_family(life->family, buf, sizeof(buf)));
		json_name(object, "type", name_type(life->type, buf, sizeof(buf)));
		json_name(object, "protocol", name_protocol(life->family, life->protocol, buf, sizeof(buf)));
	}
	json_name(object, "flags", name_arg(ARG_SOCK_FLAGS, life->flags, buf, sizeof(buf)));
	if (life->known)
		json_size(object, "netns", life->netns);
	else
		json_null(object, "netns");
}

static void add_inode(cJSON *object, uint64_t inode)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)inode);
	json_string(object, "inode", inode ? text : NULL);
}

static void add_ends(cJSON *object, const struct life *life)
{
	if (life->local.len)
		timeline_address(object, "local", &life->local);
	if (life->peer.len)
		timeline_address(object, "peer", &life->peer);
	if (life->peer_socket)
		json_int(object, "peer_socket", life->peer_socket);
	if (life->listener || life->origin == ORIGIN_ACCEPT)
		json_id(object, "listener", life->listener);
}

static void add_backlog(cJSON *object, const struct life *life)
{
	cJSON *backlog;

	if (!life->listened)
		return;
	backlog = json_object(object, "backlog");
	json_int(backlog, "asked", life->backlog_asked);
	json_known(backlog, "effective", life->backlog_effective);
}

static void add_states(cJSON *object, const struct life *life)
{
	cJSON *states = json_array(object, "states"), *one;
	const struct state_span *span;
	size_t i;

	for (i = 0; i < life->state_count; i++) {
		span = &life->states[i];
		one = json_object(states, NULL);
		json_text(one, "state", state_name(span->state));
		json_known(one, "from", span->from);
		json_known(one, "to", span->to);
		if (span->cause)
			json_int(one, "cause", span->cause);
		else
			json_text(one, "cause", span->fact);
	}
}

static void add_peers(cJSON *object, const struct life *life)
{
	cJSON *peers = json_array(object, "peers"), *one;
	size_t i;

	for (i = 0; i < life->peer_count; i++) {
		one = json_object(peers, NULL);
		timeline_address(one, "peer", &life->peers[i].peer);
		json_known(one, "from", life->peers[i].from);
		json_known(one, "to", life->peers[i].to);
	}
}

static void add_outcome(cJSON *object, const struct attempt *attempt)
{
	static const char *const names[] = {
		[ATTEMPT_OPEN] = NULL,
		[ATTEMPT_CONNECTED] = "connected",
		[ATTEMPT_INTERRUPTED] = "interrupted",
		[ATTEMPT_ABANDONED] = "abandoned",
	};
	char buf[NAME_MAX_TEXT];

	if (attempt->outcome == ATTEMPT_ERROR)
		json_name(object, "outcome", name_errno(attempt->error, buf, sizeof(buf)));
	else
		json_text(object, "outcome", names[attempt->outcome]);
}

static void add_attempt(cJSON *object, const struct attempt *attempt)
{
	char buf[NAME_MAX_TEXT];
	cJSON *learned;

	json_known(object, "from", attempt->from);
	json_known(object, "to", attempt->to);
	timeline_address(object, "peer", &attempt->peer);
	if (attempt->did_return)
		json_name(object, "returned", name_errno(attempt->returned, buf, sizeof(buf)));
	else
		json_null(object, "returned");
	add_outcome(object, attempt);
	if (attempt->learned == LEARNED_NOT)
		return json_null(object, "learned");
	learned = json_object(object, "learned");
	json_known(learned, "t", attempt->learned_t);
	json_text(learned, "how", learned_name(attempt->learned));
}

static void add_attempts(cJSON *object, const struct life *life)
{
	cJSON *attempts = json_array(object, "attempts");
	size_t i;

	for (i = 0; i < life->attempt_count; i++)
		add_attempt(json_object(attempts, NULL), &life->attempts[i]);
}

static void add_descriptors(cJSON *object, const struct life *life)
{
	cJSON *descriptors = json_array(object, "descriptors"), *one;
	const struct descriptor *d;
	size_t i;

	for (i = 0; i < life->descriptor_count; i++) {
		d = &life->descriptors[i];
		one = json_object(descriptors, NULL);
		json_id(one, "process", d->process);
		json_int(one, "fd", d->fd);
		json_known(one, "from", d->from);
		json_known(one, "to", d->to);
		json_text(one, "how", how_name(d->how));
		json_text(one, "end", end_name(d->end));
	}
}

static void add_traffic(cJSON *object, const struct life *life)
{
	cJSON *bytes = json_object(object, "bytes"), *messages;

	json_size(bytes, "sent", life->sent);
	json_size(bytes, "received", life->received);
	if (!life->known || lifecycle_kind(life->type) != KIND_DATAGRAM)
		return;
	messages = json_object(object, "messages");
	json_size(messages, "sent", life->messages_sent);
	json_size(messages, "received", life->messages_received);
	json_size(messages, "truncated", life->truncated);
}

static void add_closed(cJSON *object, const struct life *life)
{
	cJSON *closed, *held;

	if (life->closed == OPEN)
		return json_null(object, "closed");
	closed = json_object(object, "closed");
	json_known(closed, "t", life->closed);
	json_text(closed, "by", end_name(life->closed_by));
	held = json_array(closed, "held");
	if (life->held)
		json_text(held, NULL, "call");
}

void timeline_socket(cJSON *object, const struct life *life)
{
	static const char *const roles[] = { [ROLE_ACTIVE] = "active", [ROLE_PASSIVE] = "passive" };

	json_int(object, "id", life->id);
	add_inode(object, life->inode);
	add_kind(object, life);
	json_text(object, "origin", origin_name(life->origin));
	if (life->role != ROLE_NONE)
		json_text(object, "role", roles[life->role]);
	add_ends(object, life);
	add_backlog(object, life);
	add_states(object, life);
	add_peers(object, life);
	add_attempts(object, life);
	add_descriptors(object, life);
	add_traffic(object, life);
	add_closed(object, life);
	json_bool(object, "uncertain", life->uncertain);
}
