/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which fields the golden form needs of the objects of the json format (contract.md, JSON), and their types: a
 * document may have come from anywhere. Fields that the golden form does not tell are not looked at.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "golden_json.h"

const cJSON *golden_field(const cJSON *o, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, key);

	return cJSON_IsNull(item) ? NULL : item;
}

const char *golden_string(const cJSON *o, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, key);

	return cJSON_IsString(item) ? item->valuestring : NULL;
}

/* json.h writes integers as raw text, and those from JSON_NUMBER_END on as strings. */
static bool digits_int(const char *digits, int64_t *value)
{
	char *end;

	if (digits[strspn(digits, "-0123456789")])
		return false;
	errno = 0;
	*value = strtoll(digits, &end, 10);
	return end != digits && !*end && !errno;
}

bool golden_int(const cJSON *item, int64_t *value)
{
	if (cJSON_IsRaw(item) || cJSON_IsString(item))
		return digits_int(item->valuestring, value);
	if (!cJSON_IsNumber(item) || !(item->valuedouble > -(double)JSON_NUMBER_END) ||
	    !(item->valuedouble < (double)JSON_NUMBER_END))
		return false;
	*value = (int64_t)item->valuedouble;
	return (double)*value == item->valuedouble;
}

int64_t golden_number(const cJSON *o, const char *key, int64_t otherwise)
{
	int64_t value;

	return golden_int(cJSON_GetObjectItemCaseSensitive(o, key), &value) ? value : otherwise;
}

enum type {
	INT = 1,
	TEXT = 2,
	EMPTY = 4, /* null */
	BOOL = 8,
	LIST = 16, /* of objects with the fields `of`, or of integers and texts */
	OBJECT = 32, /* with the fields `of` */
	LEFT_OUT = 64, /* it may be */
};

#define INT_OR_NULL (INT | EMPTY)
#define TEXT_OR_NULL (TEXT | EMPTY)
#define NAME (TEXT | INT)
#define NAME_OR_NULL (NAME | EMPTY)

struct field {
	const char *key;
	int types;
	const struct field *of;
};

#define FIELDS(name) static const struct field name[]
#define END \
	{ \
		0 \
	}

FIELDS(exec) = { { "comm", TEXT, NULL }, END };
FIELDS(exit_fields) = { { "code", INT | LEFT_OUT, NULL }, { "signal", NAME | LEFT_OUT, NULL }, END };
FIELDS(process) = {
	{ "id", INT, NULL },
	{ "pid", INT, NULL },
	{ "parent", INT_OR_NULL, NULL },
	{ "comm", TEXT, NULL },
	{ "exe", TEXT_OR_NULL, NULL },
	{ "args", LIST | EMPTY, NULL },
	{ "execs", LIST, exec },
	{ "exit", OBJECT | EMPTY, exit_fields },
	END,
};

FIELDS(found) = { { "unread", INT_OR_NULL, NULL }, END };
FIELDS(backlog) = {
	{ "asked", INT_OR_NULL, NULL },      { "effective", INT_OR_NULL, NULL }, { "deepest", INT_OR_NULL, NULL },
	{ "unaccepted", INT_OR_NULL, NULL }, { "overflows", INT_OR_NULL, NULL }, END,
};
FIELDS(queued) = { { "from", INT_OR_NULL, NULL }, END };
FIELDS(state) = { { "state", TEXT, NULL }, { "cause", NAME_OR_NULL, NULL }, END };
FIELDS(peer) = { { "peer", TEXT_OR_NULL, NULL }, END };
FIELDS(learned) = { { "how", TEXT, NULL }, END };
FIELDS(attempt) = {
	{ "peer", TEXT_OR_NULL, NULL },
	{ "returned", NAME_OR_NULL, NULL },
	{ "outcome", NAME_OR_NULL, NULL },
	{ "learned", OBJECT | EMPTY, learned },
	END,
};
FIELDS(descriptor) = {
	{ "process", INT_OR_NULL, NULL }, { "fd", NAME, NULL }, { "how", TEXT, NULL }, { "end", TEXT, NULL }, END,
};
FIELDS(flight) = {
	{ "to", INT_OR_NULL, NULL },
	{ "sent", INT_OR_NULL, NULL },
	{ "received", INT_OR_NULL, NULL },
	END,
};
FIELDS(bytes) = { { "sent", INT, NULL }, { "received", INT, NULL }, END };
FIELDS(messages) = {
	{ "sent", INT, NULL }, { "received", INT, NULL }, { "truncated", INT, NULL }, { "dropped", INT, NULL }, END,
};
FIELDS(reset) = { { "t", INT, NULL }, { "dir", TEXT, NULL }, { "reason", TEXT_OR_NULL, NULL }, END };
FIELDS(error) = { { "t", INT, NULL }, { "error", NAME, NULL }, END };
FIELDS(closed) = { { "by", TEXT, NULL }, { "unread", INT_OR_NULL, NULL }, { "held", LIST, NULL }, END };
FIELDS(life) = {
	{ "id", INT, NULL },
	{ "family", NAME_OR_NULL, NULL },
	{ "type", NAME_OR_NULL, NULL },
	{ "protocol", NAME_OR_NULL, NULL },
	{ "flags", NAME, NULL },
	{ "netns", INT_OR_NULL, NULL },
	{ "origin", TEXT, NULL },
	{ "found", OBJECT | LEFT_OUT, found },
	{ "role", TEXT | LEFT_OUT, NULL },
	{ "local", TEXT | LEFT_OUT, NULL },
	{ "peer", TEXT | LEFT_OUT, NULL },
	{ "peer_socket", INT | LEFT_OUT, NULL },
	{ "listener", INT_OR_NULL | LEFT_OUT, NULL },
	{ "backlog", OBJECT | LEFT_OUT, backlog },
	{ "queued", OBJECT | LEFT_OUT, queued },
	{ "states", LIST, state },
	{ "peers", LIST, peer },
	{ "attempts", LIST, attempt },
	{ "descriptors", LIST, descriptor },
	{ "in_flight", LIST, flight },
	{ "bytes", OBJECT, bytes },
	{ "messages", OBJECT | LEFT_OUT, messages },
	{ "resets", LIST | LEFT_OUT, reset },
	{ "errors", LIST | LEFT_OUT, error },
	{ "closed", OBJECT | EMPTY, closed },
	{ "uncertain", BOOL, NULL },
	END,
};

FIELDS(message) = {
	{ "name", TEXT_OR_NULL, NULL },
	{ "iovlen", INT, NULL },
	{ "controllen", INT, NULL },
	{ "flags", NAME, NULL },
	END,
};
FIELDS(event) = {
	{ "id", INT, NULL },
	{ "t", INT, NULL },
	{ "dur", INT_OR_NULL, NULL },
	{ "process", INT_OR_NULL, NULL },
	{ "tid", INT, NULL },
	{ "call", TEXT, NULL },
	{ "via", TEXT, NULL },
	{ "socket", INT | LEFT_OUT, NULL },
	{ "args", OBJECT, NULL },
	{ "ret", INT_OR_NULL, NULL },
	{ "error", NAME | LEFT_OUT, NULL },
	{ "sent", INT | LEFT_OUT, NULL },
	{ "note", TEXT | LEFT_OUT, NULL },
	END,
};

FIELDS(lost) = { { "events", INT, NULL }, END };
FIELDS(trace) = { { "complete", BOOL, NULL }, { "lost", OBJECT, lost }, END };

static bool has_type(const cJSON *item, int types)
{
	int64_t number;

	if (!item)
		return types & LEFT_OUT;
	if (cJSON_IsNull(item))
		return types & EMPTY;
	if (cJSON_IsBool(item))
		return types & BOOL;
	if (cJSON_IsArray(item))
		return types & LIST;
	if (cJSON_IsObject(item))
		return types & OBJECT;
	return (types & TEXT && cJSON_IsString(item)) || (types & INT && golden_int(item, &number));
}

struct path { /* of the objects around */
	const struct path *outer;
	const char *key;
	int index; /* -1: no list */
};

static void tell(const struct path *at, char *wrong, size_t size)
{
	size_t len;

	*wrong = '\0';
	if (!at)
		return;
	tell(at->outer, wrong, size);
	len = strlen(wrong);
	len += (size_t)snprintf(wrong + len, size - len, "%s%s", len ? "." : "", at->key);
	if (at->index >= 0 && len < size)
		snprintf(wrong + len, size - len, "[%d]", at->index);
}

static bool check(const cJSON *o, const struct field *fields, const struct path *outer, char *wrong, size_t size);

/* What is in a list or an object. */
static bool check_inner(const cJSON *item, const struct field *f, struct path *at, char *wrong, size_t size)
{
	const cJSON *one;

	if (cJSON_IsObject(item))
		return !f->of || check(item, f->of, at, wrong, size);
	if (!cJSON_IsArray(item))
		return true;
	cJSON_ArrayForEach (one, item) {
		at->index++;
		if (!has_type(one, f->of ? OBJECT : NAME)) {
			tell(at, wrong, size);
			return false;
		}
		if (f->of && !check(one, f->of, at, wrong, size))
			return false;
	}
	return true;
}

static bool check(const cJSON *o, const struct field *fields, const struct path *outer, char *wrong, size_t size)
{
	const cJSON *item;

	for (; fields->key; fields++) {
		struct path at = { outer, fields->key, -1 };

		item = cJSON_GetObjectItemCaseSensitive(o, fields->key);
		if (!has_type(item, fields->types)) {
			tell(&at, wrong, size);
			return false;
		}
		if (item && !check_inner(item, fields, &at, wrong, size))
			return false;
	}
	return true;
}

/* Of an event, by the row of its call. */
static bool check_args(const cJSON *o, char *wrong, size_t size)
{
	/* Those that are not just a name or a number. */
	static const struct field kinds[ARG_URING_REGISTER + 1] = {
		[ARG_PTR] = { .types = LEFT_OUT },
		[ARG_FD] = { .types = NAME_OR_NULL },
		[ARG_ADDR] = { .types = TEXT_OR_NULL },
		[ARG_ADDRLEN_PTR] = { .types = INT_OR_NULL },
		[ARG_MSG] = { .types = OBJECT | EMPTY, .of = message },
		[ARG_PAIR] = { .types = LIST | EMPTY },
		[ARG_OPTVAL] = { .types = OBJECT | NAME_OR_NULL },
		[ARG_IOCTL_ARG] = { .types = INT | LEFT_OUT },
		[ARG_FCNTL_ARG] = { .types = NAME | LEFT_OUT },
	};
	const struct path at = { NULL, "args", -1 };
	struct field fields[MAX_ARGS + 1] = { 0 };
	int i, id = call_by_name(golden_string(o, "call"));

	if (id < 0) {
		tell(&(struct path){ NULL, "call", -1 }, wrong, size);
		return false;
	}
	for (i = 0; i < call_rows[id].argc; i++) {
		fields[i] = kinds[call_rows[id].args[i].kind];
		fields[i].key = call_rows[id].args[i].name;
		if (!fields[i].types)
			fields[i].types = NAME;
	}
	return check(golden_field(o, "args"), fields, &at, wrong, size);
}

bool golden_check(enum golden_object what, const cJSON *o, char *wrong, size_t size)
{
	static const struct field *const fields[] = {
		[GOLDEN_TRACE] = trace,
		[GOLDEN_PROCESS] = process,
		[GOLDEN_SOCKET] = life,
		[GOLDEN_EVENT] = event,
	};

	return check(o, fields[what], NULL, wrong, size) && (what != GOLDEN_EVENT || check_args(o, wrong, size));
}
