// SPDX-License-Identifier: GPL-2.0-only
#include "life_text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "text.h"

_Static_assert(LIFE_ADDRESS >= TEXT_ROOM(ADDRESS_TEXT), "any address fits");

struct buffer {
	char *text;
	size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void add(struct buffer *b, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(b->text + b->len, b->size - b->len, format, args);
	va_end(args);
	b->len = n < 0 || (size_t)n >= b->size - b->len ? b->size - 1 : b->len + (size_t)n;
}

void life_who(const struct life *life, char *text, size_t size)
{
	size_t len;

	snprintf(text, size, "?");
	if (!life->pid)
		return;
	len = text_escape(life->comm, strnlen(life->comm, COMM_LEN), text, size);
	snprintf(text + len, size - len, "[%u]", life->pid);
}

void life_address(const struct address *a, char *text, size_t size)
{
	char bytes[ADDRESS_TEXT];

	snprintf(text, size, "-");
	if (a->len)
		text_escape(bytes, address_text(a, bytes, sizeof(bytes)), text, size);
}

const char *life_state(const struct life *life)
{
	size_t i = life->state_count;

	if (i && life->states[i - 1].state == STATE_CLOSED)
		i--;
	return i ? state_name(life->states[i - 1].state) : "-";
}

static void add_count(struct buffer *b, int64_t count, const char *of)
{
	if (count > 0)
		add(b, ", %" PRId64 " %s", count, of);
}

/* What a reset that was received queues: tcp_reset(). */
static bool reset_queues(const struct life *life, int error)
{
	for (size_t i = 0; i < life->reset_count; i++)
		if (!life->resets[i].sent)
			return error == ECONNREFUSED || error == EPIPE || error == ECONNRESET;
	return false;
}

static void add_errors(struct buffer *b, const struct life *life)
{
	char buf[NAME_MAX_TEXT];
	size_t i, k;
	int error;

	for (i = 0; i < life->error_count; i++) {
		error = life->errors[i].error;
		for (k = 0; life->errors[k].error != error; k++)
			;
		if (k == i && !reset_queues(life, error))
			add(b, ", %s", name_errno(error, buf, sizeof(buf)));
	}
}

void life_trouble(const struct life *life, char *text, size_t size)
{
	struct buffer b = { .text = text, .size = size };

	*text = 0;
	if (life->reset_count)
		add(&b, ", reset %s", life->resets[life->reset_count - 1].sent ? "sent" : "received");
	add_errors(&b, life);
	add_count(&b, (int64_t)life->retransmits, "retransmitted");
	add_count(&b, (int64_t)life->dropped, "dropped");
	add_count(&b, (int64_t)life->truncated, "truncated");
	add_count(&b, life->overflows, life->overflows == 1 ? "SYN dropped" : "SYNs dropped");
	add_count(&b, life->unaccepted, "not accepted");
	add_count(&b, life->unread, "bytes unread");
	add_count(&b, life->unsent, "bytes unsent");
}
