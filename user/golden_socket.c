/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the text of a socket in the golden form: nothing of it may depend on chance, so how often a segment was sent again
 * is not in it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "golden_print.h"

static bool is(const char *text, const char *what)
{
	return text && !strcmp(text, what);
}

static void print_line(struct golden_printer *p, const char *name, const char *address)
{
	if (!address)
		return;
	fprintf(p->out, "\t%s ", name);
	golden_print_address(p, address);
	putc('\n', p->out);
}

static void print_other(struct golden_printer *p, const char *name, int64_t id)
{
	if (!id)
		return;
	fprintf(p->out, "\t%s ", name);
	golden_print_name(p, id);
	putc('\n', p->out);
}

/* A field with what stands before it, if it is there. */
static void print_field(FILE *out, const char *before, const cJSON *o, const char *key)
{
	const cJSON *value = golden_field(o, key);

	if (!value)
		return;
	fputs(before, out);
	golden_print_value(out, value);
}

static void print_kind(FILE *out, const cJSON *o)
{
	const cJSON *flags = golden_field(o, "flags");
	int64_t none;

	if (golden_field(o, "family")) {
		print_field(out, "\t", o, "family");
		print_field(out, ", ", o, "type");
		print_field(out, ", ", o, "protocol");
	} else {
		fputs("\tunknown", out);
	}
	if (!golden_int(flags, &none) || none)
		print_field(out, ", ", o, "flags");
	print_field(out, ", from ", o, "origin");
	print_field(out, ", ", o, "role");
	fputs(cJSON_IsTrue(golden_field(o, "uncertain")) ? ", uncertain\n" : "\n", out);
}

static void print_state(struct golden_printer *p, const cJSON *state)
{
	const struct golden_event *cause = golden_event(p->g, golden_number(state, "cause", 0));

	print_field(p->out, "\tstate ", state, "state");
	if (cause) {
		fputs(": ", p->out);
		golden_print_by(p, cause);
	} else if (golden_string(state, "cause")) {
		print_field(p->out, ": ", state, "cause");
	}
	putc('\n', p->out);
}

static void print_attempt(struct golden_printer *p, const cJSON *attempt)
{
	const char *peer = golden_string(attempt, "peer");

	fputs("\tattempt to ", p->out);
	golden_print_address(p, peer ? peer : "");
	if (golden_field(attempt, "returned"))
		print_field(p->out, " returned ", attempt, "returned");
	else
		fputs(" returned never", p->out);
	if (golden_field(attempt, "outcome"))
		print_field(p->out, ", outcome ", attempt, "outcome");
	else
		fputs(", outcome open", p->out);
	print_field(p->out, ", learned by ", golden_field(attempt, "learned"), "how");
	putc('\n', p->out);
}

static void print_descriptor(struct golden_printer *p, const cJSON *d)
{
	if (!golden_process(p->g, golden_number(d, "process", 0)))
		return;
	print_field(p->out, "\tdescriptor ", d, "fd");
	fputs(" of ", p->out);
	golden_print_process(p, golden_number(d, "process", 0));
	print_field(p->out, ": ", d, "how");
	print_field(p->out, " to ", d, "end");
	putc('\n', p->out);
}

static void print_flight(struct golden_printer *p, const cJSON *flight)
{
	const struct golden_event *sent = golden_event(p->g, golden_number(flight, "sent", 0));
	const struct golden_event *received = golden_event(p->g, golden_number(flight, "received", 0));

	fputs("\tin flight", p->out);
	if (sent) {
		fputs(": ", p->out);
		golden_print_by(p, sent);
	}
	if (received) {
		fputs(" to ", p->out);
		golden_print_by(p, received);
	} else {
		fputs(golden_field(flight, "to") ? ", never received" : ", still", p->out);
	}
	putc('\n', p->out);
}

struct ranked {
	const cJSON *item;
	size_t rank, index;
};

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

/* A process after the other: which of two was first is chance. */
static void print_ranked(struct golden_printer *p, const cJSON *list,
			 size_t (*rank)(const struct golden *g, const cJSON *item),
			 void (*print)(struct golden_printer *p, const cJSON *item))
{
	size_t i, count = 0;
	struct ranked *items = calloc((size_t)cJSON_GetArraySize(list) + 1, sizeof(*items));
	const cJSON *one;

	if (!items) {
		p->failed = true;
		return;
	}
	cJSON_ArrayForEach (one, list) {
		items[count] = (struct ranked){ one, rank(p->g, one), count };
		count++;
	}
	qsort(items, count, sizeof(*items), by_rank);
	for (i = 0; i < count; i++)
		print(p, items[i].item);
	free(items);
}

static size_t holder_rank(const struct golden *g, const cJSON *descriptor)
{
	const struct golden_process *p = golden_process(g, golden_number(descriptor, "process", 0));

	return p ? p->rank : GOLDEN_NO_RANK;
}

static size_t sender_rank(const struct golden *g, const cJSON *flight)
{
	const struct golden_event *sent = golden_event(g, golden_number(flight, "sent", 0));

	return sent ? sent->rank : GOLDEN_NO_RANK;
}

static void print_backlog(FILE *out, const cJSON *o)
{
	const cJSON *backlog = golden_field(o, "backlog");

	if (!backlog)
		return;
	if (golden_field(backlog, "asked"))
		print_field(out, "\tbacklog ", backlog, "asked");
	else
		fputs("\tbacklog not known", out);
	print_field(out, ", effective ", backlog, "effective");
	print_field(out, ", deepest ", backlog, "deepest");
	print_field(out, ", not accepted ", backlog, "unaccepted");
	/* How often is chance: clients try again. */
	fputs(golden_number(backlog, "overflows", 0) > 0 ? ", overflowed\n" : "\n", out);
}

static void print_line_of(FILE *out, const char *before, const cJSON *o, const char *key, const char *after)
{
	if (golden_number(o, key, 0) <= 0)
		return;
	print_field(out, before, o, key);
	fprintf(out, "%s\n", after);
}

static void print_traffic(FILE *out, const cJSON *o)
{
	const cJSON *bytes = golden_field(o, "bytes"), *messages = golden_field(o, "messages");

	print_line_of(out, "\tfound with ", golden_field(o, "found"), "unread", " bytes unread");
	print_field(out, "\tbytes sent ", bytes, "sent");
	print_field(out, ", received ", bytes, "received");
	putc('\n', out);
	if (messages) {
		print_field(out, "\tmessages sent ", messages, "sent");
		print_field(out, ", received ", messages, "received");
		print_field(out, ", truncated ", messages, "truncated");
		putc('\n', out);
	}
	print_line_of(out, "\tmessages dropped ", messages, "dropped", "");
	print_line_of(out, "\tbytes unread ", golden_field(o, "closed"), "unread", "");
}

/* Once the call that closed it returned: it is chance how long the kernel keeps it, and tells of it. */
static bool is_late(const struct golden_printer *p, const cJSON *o, const cJSON *what)
{
	const cJSON *states = golden_field(o, "states"), *last = states->child ? states->child->prev : NULL;
	const struct golden_event *close = golden_event(p->g, golden_number(last, "cause", 0));

	return close && is(golden_string(last, "state"), "closed") && close->dur >= 0 &&
	       golden_number(what, "t", 0) > close->t + close->dur;
}

static bool is_same(const cJSON *a, const cJSON *b, const char *key)
{
	return cJSON_Compare(cJSON_GetObjectItemCaseSensitive(a, key), cJSON_GetObjectItemCaseSensitive(b, key), true);
}

/* Has the list one before it that says the same? How often is chance. */
static bool is_repeated(const cJSON *list, const cJSON *item, const char *key, const char *other)
{
	const cJSON *earlier;

	for (earlier = list->child; earlier != item; earlier = earlier->next)
		if (is_same(earlier, item, key) && is_same(earlier, item, other))
			return true;
	return false;
}

/* Which one was first is chance. */
static void print_resets(struct golden_printer *p, const cJSON *o, const char *dir)
{
	const cJSON *resets = golden_field(o, "resets"), *reset;

	cJSON_ArrayForEach (reset, resets) {
		if (!is(golden_string(reset, "dir"), dir) || is_repeated(resets, reset, "dir", "reason") ||
		    is_late(p, o, reset))
			continue;
		fprintf(p->out, "\treset %s", dir);
		print_field(p->out, ": ", reset, "reason");
		putc('\n', p->out);
	}
}

static void print_errors(struct golden_printer *p, const cJSON *o)
{
	const cJSON *errors = golden_field(o, "errors"), *error;

	cJSON_ArrayForEach (error, errors) {
		if (is_repeated(errors, error, "error", "error") || is_late(p, o, error))
			continue;
		print_field(p->out, "\terror queued ", error, "error");
		putc('\n', p->out);
	}
}

static void print_closed(FILE *out, const cJSON *closed)
{
	const cJSON *one;

	if (!closed) {
		fputs("\tnot closed\n", out);
		return;
	}
	print_field(out, "\tclosed by ", closed, "by");
	cJSON_ArrayForEach (one, golden_field(closed, "held")) {
		fputs(", held by ", out);
		if (cJSON_IsString(one) && is(one->valuestring, "call"))
			fputs("a ", out);
		golden_print_value(out, one);
	}
	putc('\n', out);
}

void golden_print_life(struct golden_printer *p, const cJSON *o)
{
	const cJSON *one;

	fputs("socket ", p->out);
	golden_print_name(p, golden_number(o, "id", 0));
	putc('\n', p->out);
	print_kind(p->out, o);
	print_line(p, "local", golden_string(o, "local"));
	print_line(p, "peer", golden_string(o, "peer"));
	print_other(p, "peer socket", golden_number(o, "peer_socket", 0));
	print_other(p, "listener", golden_number(o, "listener", 0));
	if (golden_field(golden_field(o, "queued"), "from"))
		fputs("\twaited in the queue\n", p->out);
	print_backlog(p->out, o);
	cJSON_ArrayForEach (one, golden_field(o, "states"))
		print_state(p, one);
	cJSON_ArrayForEach (one, golden_field(o, "peers"))
		print_line(p, "peer span", golden_string(one, "peer"));
	cJSON_ArrayForEach (one, golden_field(o, "attempts"))
		print_attempt(p, one);
	print_ranked(p, golden_field(o, "descriptors"), holder_rank, print_descriptor);
	print_ranked(p, golden_field(o, "in_flight"), sender_rank, print_flight);
	print_traffic(p->out, o);
	print_resets(p, o, "sent");
	print_resets(p, o, "received");
	print_errors(p, o);
	print_closed(p->out, golden_field(o, "closed"));
}
