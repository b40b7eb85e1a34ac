/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which fields an event has in JSON, its arguments among them. There are millions of them: nothing here is
 * formatted by printf.
 */
#include "args.h"
#include "timeline.h"

static void add_message(cJSON *args, const char *key, const struct call *call, bool named)
{
	cJSON *msg = json_object(args, key);
	char buf[NAME_MAX_TEXT];

	if (named)
		timeline_address(msg, "name", &call->addr);
	else
		json_null(msg, "name");
	json_size(msg, "iovlen", call->iovlen);
	json_size(msg, "controllen", call->controllen);
	json_name(msg, "flags", name_arg(ARG_MSG_FLAGS, call->msg_flags, buf, sizeof(buf)));
}

static void add_pair(cJSON *args, const char *key, const struct value *v)
{
	cJSON *pair = json_array(args, key);

	json_int(pair, NULL, v->number[0]);
	json_int(pair, NULL, v->number[1]);
}

static void add_fields(cJSON *args, const char *key, const struct value *v)
{
	cJSON *fields = json_object(args, key);

	json_int(fields, v->fields[0], v->number[0]);
	json_int(fields, v->fields[1], v->number[1]);
}

/* The kernel says how long an address is, be it that it was cut (getsockname(2)), and how much of an option it filled. */
static void add_lengths(cJSON *args, const char *key, const struct value *v, const struct call *call)
{
	json_int(args, key, v->number[0]);
	if (v->number[1] != v->number[0])
		json_int(args, call->has_opt ? "optlen_returned" : "addrlen_returned", v->number[1]);
}

static void add_value(cJSON *args, const char *key, const struct value *v, const struct call *call)
{
	switch (v->kind) {
	case VALUE_ABSENT:
	case VALUE_POINTER:
		return;
	case VALUE_UNKNOWN:
		return json_null(args, key);
	case VALUE_INT:
		return json_int(args, key, v->number[0]);
	case VALUE_SIZE:
		return json_size(args, key, (uint64_t)v->number[0]);
	case VALUE_NAME:
		return json_name(args, key, v->name);
	case VALUE_ADDRESS:
		return timeline_address(args, key, &call->addr);
	case VALUE_LENGTHS:
		return add_lengths(args, key, v, call);
	case VALUE_PAIR:
		return add_pair(args, key, v);
	case VALUE_FIELDS:
		return add_fields(args, key, v);
	case VALUE_MESSAGE:
		return add_message(args, key, call, v->number[0]);
	case VALUE_BYTES:
		return json_hex(args, key, call->opt, call->opt_len, v->number[0]);
	}
}

static void add_args(cJSON *object, const struct call *call)
{
	cJSON *args = json_object(object, "args");
	struct value v;
	int i;

	for (i = 0; i < call->row->argc; i++) {
		value_of(call, i, &v);
		add_value(args, call->row->args[i].name, &v, call);
	}
}

static void add_result(cJSON *object, const struct call *call)
{
	char buf[NAME_MAX_TEXT];

	if (call->open)
		return json_null(object, "ret");
	json_int(object, "ret", call->ret);
	if (call->err)
		json_name(object, "error", name_errno(call->err, buf, sizeof(buf)));
	if (call->bytes >= 0)
		json_int(object, "bytes", call->bytes);
}

/* The effective one is not asked for by a call that failed. */
static void add_backlog(cJSON *object, const struct event *event)
{
	cJSON *backlog = json_object(object, "backlog");

	json_int(backlog, "asked", (int32_t)event->call->args[1]);
	if (!event->call->err && !event->call->open)
		json_known(backlog, "effective", event->backlog_effective);
}

void timeline_event(cJSON *object, const struct event *event)
{
	const struct call *call = event->call;

	json_int(object, "id", event->id);
	json_int(object, "t", event->t);
	json_known(object, "dur", event->dur);
	json_id(object, "process", event->process);
	json_size(object, "tid", call->tid);
	json_text(object, "call", call->row->name);
	json_text(object, "via", via_name(call->via));
	if (call->fd >= 0)
		timeline_fd(object, "fd", call->fd, call->direct);
	if (event->socket)
		json_int(object, "socket", event->socket);
	add_args(object, call);
	add_result(object, call);
	if (call->row->verb == VERB_LISTEN)
		add_backlog(object, event);
	if (event->sent)
		json_int(object, "sent", event->sent);
	if (event->note)
		json_text(object, "note", event->note);
}
