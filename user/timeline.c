/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which fields a trace and a process have in JSON; sockets are in timeline_socket.c, events in timeline_event.c. A
 * field that does not apply is left out, one that is not known or still open is null. Knows no file and no order of objects.
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

void timeline_fd(cJSON *object, const char *key, int fd, bool direct)
{
	char buf[NAME_MAX_TEXT];

	if (direct)
		json_name(object, key, name_fd(fd, direct, buf, sizeof(buf)));
	else
		json_int(object, key, fd);
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

static void add_selection(cJSON *object, char *const *selection)
{
	cJSON *lines;

	if (!selection || !*selection)
		return;
	lines = json_array(object, "selection");
	for (; *selection; selection++)
		json_string(lines, NULL, *selection);
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
	if (trace->io)
		json_string(object, "io", trace->io);
	add_selection(object, trace->selection);
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
	if (process->inner_pid)
		json_size(object, "inner_pid", process->inner_pid);
	json_id(object, "parent", process->parent);
	add_comm(object, process->comm);
	json_string(object, "exe", last->exe);
	add_args(object, last);
	add_execs(object, process);
	json_known(object, "start", process->start);
	json_known(object, "end", process->end);
	add_exit(object, process);
	if (process->execs_omitted)
		json_size(json_object(object, "omitted"), "execs", process->execs_omitted);
}
