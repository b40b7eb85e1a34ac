/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns how a call is spelled in the outputs that people read. Knows no socket and no process.
 */
#include <inttypes.h>
#include <string.h>

#include "args.h"
#include "call_text.h"
#include "text.h"

#define NSEC 1000000000u

void text_print(FILE *out, const void *bytes, size_t len)
{
	const char *from = bytes;
	char text[TEXT_ROOM(256)];
	size_t part;

	for (; len; from += part, len -= part) {
		part = len < 256 ? len : 256;
		fwrite(text, 1, text_escape(from, part, text, sizeof(text)), out);
	}
}

void address_print(FILE *out, const struct address *a)
{
	char text[ADDRESS_TEXT];

	text_print(out, text, address_text(a, text, sizeof(text)));
}

static void print_message(FILE *out, const struct call *call, bool named)
{
	char buf[NAME_MAX_TEXT];

	fputs("{msg_name=", out);
	if (named)
		address_print(out, &call->addr);
	else
		fputs("NULL", out);
	fprintf(out, ", msg_iovlen=%" PRIu64 ", msg_controllen=%" PRIu64 ", msg_flags=%s}", call->iovlen,
		call->controllen, name_arg(ARG_MSG_FLAGS, call->msg_flags, buf, sizeof(buf)));
}

static void print_bytes(FILE *out, const struct call *call, bool cut)
{
	size_t i;

	for (i = 0; i < call->opt_len; i++)
		fprintf(out, "%02x", call->opt[i]);
	if (cut)
		fputs("...", out);
}

static void print_lengths(FILE *out, const struct value *v)
{
	if (v->number[0] == v->number[1])
		fprintf(out, "%" PRId64, v->number[0]);
	else
		fprintf(out, "%" PRId64 " => %" PRId64, v->number[0], v->number[1]);
}

static void print_value(FILE *out, const struct value *v, const struct call *call)
{
	switch (v->kind) {
	case VALUE_ABSENT:
		break;
	case VALUE_POINTER:
	case VALUE_UNKNOWN:
		fputs(v->null ? "NULL" : "...", out);
		break;
	case VALUE_INT:
		fprintf(out, "%" PRId64, v->number[0]);
		break;
	case VALUE_SIZE:
		fprintf(out, "%" PRIu64, (uint64_t)v->number[0]);
		break;
	case VALUE_NAME:
		fputs(v->name, out);
		break;
	case VALUE_ADDRESS:
		address_print(out, &call->addr);
		break;
	case VALUE_LENGTHS:
		print_lengths(out, v);
		break;
	case VALUE_PAIR:
		fprintf(out, "[%" PRId64 ", %" PRId64 "]", v->number[0], v->number[1]);
		break;
	case VALUE_FIELDS:
		fprintf(out, "{%s=%" PRId64 ", %s=%" PRId64 "}", v->fields[0], v->number[0], v->fields[1],
			v->number[1]);
		break;
	case VALUE_MESSAGE:
		print_message(out, call, v->number[0]);
		break;
	case VALUE_BYTES:
		print_bytes(out, call, v->number[0]);
		break;
	}
}

/* "sends(calls=12, blocked=0.000340, errors=1, largest=4096)": what is 0 but for the calls is left out. */
static void print_sum(FILE *out, const struct call *call)
{
	const char *separator = "";

	fprintf(out, "%s(", call->row->name);
	for (int i = 0; i < call->row->argc; i++) {
		if (i && !call->args[i])
			continue;
		fprintf(out, "%s%s=", separator, call->row->args[i].name);
		if (i == SUM_BLOCKED)
			fprintf(out, "%" PRIu64 ".%06" PRIu64, call->args[i] / NSEC, call->args[i] % NSEC / 1000);
		else
			fprintf(out, "%" PRIu64, call->args[i]);
		separator = ", ";
	}
	putc(')', out);
}

void call_print(FILE *out, const struct call *call)
{
	const char *separator = "";
	struct value v;
	int i;

	if (row_is_sum(call->row)) {
		print_sum(out, call);
		return;
	}
	fprintf(out, "%s(", call->row->name);
	for (i = 0; i < call->row->argc; i++) {
		value_of(call, i, &v);
		if (v.kind == VALUE_ABSENT)
			continue;
		fprintf(out, "%s%s", separator, v.pointed ? "[" : "");
		print_value(out, &v, call);
		if (v.pointed)
			putc(']', out);
		separator = ", ";
	}
	putc(')', out);
}

/* The kernel's own numbers have no text in the C library: strace's words. */
static const char *error_text(int err)
{
	static const char *const internal[] = {
		[0] = "To be restarted if SA_RESTART is set",
		[1] = "To be restarted",
		[2] = "To be restarted if no handler",
		[4] = "Interrupted by signal",
	};
	const size_t i = (size_t)err - 512; /* ERESTARTSYS, include/linux/errno.h */

	if (i < sizeof(internal) / sizeof(*internal) && internal[i])
		return internal[i];
	return strerrordesc_np(err);
}

void call_print_result(FILE *out, const struct call *call)
{
	char buf[NAME_MAX_TEXT];
	const char *text;

	if (call->open) {
		fputs(call->silent ? "?" : "? <unfinished ...>", out);
		return;
	}
	if (!call->err) {
		fprintf(out, "%" PRId64, call->ret);
		return;
	}
	text = error_text(call->err);
	fprintf(out, "%s %s", call->err >= 512 && call->err <= 516 ? "?" : "-1",
		name_errno(call->err, buf, sizeof(buf)));
	if (text)
		fprintf(out, " (%s)", text);
}

void call_print_via(FILE *out, const struct call *call)
{
	if (call->via != VIA_SYSCALL)
		fprintf(out, " via %s", via_name(call->via));
}
