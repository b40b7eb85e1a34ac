/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns how a call of the json format is spelled in the golden form: as call_text.c does from a record, without pids and
 * without what getsockopt() fills.
 */
#include <inttypes.h>
#include <string.h>

#include "golden_print.h"
#include "notes.h"

static bool is_named(const cJSON *args, const char *key, const char *name)
{
	const char *is = golden_string(args, key);

	return is && !strcmp(is, name);
}

/* fcntl(2): who gets SIGIO is a process id. */
static bool shows_pid(const struct call_row *row, const cJSON *args)
{
	return row->verb == VERB_FCNTL && (is_named(args, "cmd", "F_SETOWN") || is_named(args, "cmd", "F_GETOWN"));
}

/* As args.c has it: fcntl(2) and ioctl(2) of a command without an argument, and the upper half of an offset. */
static bool takes_none(const struct call_row *row, int i, const cJSON *args)
{
	if (cJSON_GetObjectItemCaseSensitive(args, row->args[i].name))
		return false;
	switch (row->args[i].kind) {
	case ARG_FCNTL_ARG:
		return true;
	case ARG_IOCTL_ARG:
		return is_named(args, "op", "FIOCLEX") || is_named(args, "op", "FIONCLEX");
	case ARG_PTR:
		return i && row->args[i - 1].kind == ARG_OFFSET;
	default:
		return false;
	}
}

static void print_address(struct golden_printer *p, const char *address)
{
	if (address)
		golden_print_address(p, address);
	else
		fputs("NULL", p->out);
}

static void print_message(struct golden_printer *p, const cJSON *msg)
{
	fputs("{msg_name=", p->out);
	print_address(p, golden_string(msg, "name"));
	fputs(", msg_iovlen=", p->out);
	golden_print_value(p->out, golden_field(msg, "iovlen"));
	fputs(", msg_controllen=", p->out);
	golden_print_value(p->out, golden_field(msg, "controllen"));
	fputs(", msg_flags=", p->out);
	golden_print_value(p->out, golden_field(msg, "flags"));
	putc('}', p->out);
}

/* [3, 4], {onoff=1, linger=0} */
static void print_items(FILE *out, const cJSON *items)
{
	const char *separator = "";
	const cJSON *one;

	putc(cJSON_IsArray(items) ? '[' : '{', out);
	cJSON_ArrayForEach (one, items) {
		fputs(separator, out);
		if (one->string) {
			golden_print_text(out, one->string);
			putc('=', out);
		}
		golden_print_value(out, one);
		separator = ", ";
	}
	putc(cJSON_IsArray(items) ? ']' : '}', out);
}

static void print_lengths(FILE *out, const cJSON *args, const cJSON *given)
{
	const char *returned_key = strcmp(given->string, "optlen") ? "addrlen_returned" : "optlen_returned";
	const cJSON *returned = golden_field(args, returned_key);

	putc('[', out);
	golden_print_value(out, given);
	if (returned) {
		fputs(" => ", out);
		golden_print_value(out, returned);
	}
	putc(']', out);
}

/* Bytes are hex, names of errnos are not. */
static void print_option(FILE *out, const struct call_row *row, const cJSON *value)
{
	const char *hex = cJSON_IsString(value) ? value->valuestring : NULL;

	putc('[', out);
	if (cJSON_IsObject(value))
		print_items(out, value);
	else if (row->mem == MEM_OPT_OUT && hex && !hex[strspn(hex, "0123456789abcdef.")])
		fputs("...", out);
	else
		golden_print_value(out, value);
	putc(']', out);
}

/*
 * null: a pointer to what was not given, or could not be read. NULL, where the man page allows that and the length of the
 * address does not tell otherwise.
 */
static const char *null_text(const struct call_row *row, int i, const cJSON *args)
{
	enum arg_kind kind = row->args[i].kind;
	/* getsockname() and its kind need something to fill */
	bool filled = row->verb == VERB_CONTROL && row->mem != MEM_OPT_IN;

	if (kind != ARG_ADDR && kind != ARG_OPTVAL && kind != ARG_ADDRLEN_PTR)
		return "...";
	if (filled || (kind == ARG_ADDR && golden_number(args, row->args[i + 1].name, 0)))
		return "...";
	return "NULL";
}

static void print_argument(struct golden_printer *p, const struct call_row *row, int i, const cJSON *args)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(args, row->args[i].name);
	enum arg_kind kind = row->args[i].kind;

	if (!value)
		fputs("...", p->out);
	else if (cJSON_IsNull(value))
		fputs(null_text(row, i, args), p->out);
	else if (kind == ARG_FCNTL_ARG && shows_pid(row, args))
		fputs("PID", p->out);
	else if (kind == ARG_ADDR)
		print_address(p, value->valuestring);
	else if (kind == ARG_ADDRLEN_PTR)
		print_lengths(p->out, args, value);
	else if (kind == ARG_MSG)
		print_message(p, value);
	else if (kind == ARG_OPTVAL)
		print_option(p->out, row, value);
	else if (kind == ARG_PAIR)
		print_items(p->out, value);
	else if (kind == ARG_IOCTL_ARG)
		fprintf(p->out, "[%" PRId64 "]", golden_number(args, row->args[i].name, 0));
	else
		golden_print_value(p->out, value);
}

static void print_arguments(struct golden_printer *p, const struct call_row *row, const cJSON *args)
{
	const char *separator = "";

	for (int i = 0; i < row->argc; i++) {
		if (takes_none(row, i, args))
			continue;
		fputs(separator, p->out);
		print_argument(p, row, i, args);
		separator = ", ";
	}
}

/* What was counted; how long that took is chance. */
static void print_sum(FILE *out, const struct call_row *row, const cJSON *args)
{
	const char *separator = "";

	for (int i = 0; i < row->argc; i++) {
		int64_t value = golden_number(args, row->args[i].name, 0);

		if ((i && !value) || i == SUM_BLOCKED)
			continue;
		fprintf(out, "%s%s=%" PRId64, separator, row->args[i].name, value);
		separator = ", ";
	}
}

/* ERESTARTSYS and its kind: no program gets one (include/linux/errno.h). ERESTART is another. */
static bool is_restart(const cJSON *error)
{
	return cJSON_IsString(error) && !strncmp(error->valuestring, "ERESTART", 8) && error->valuestring[8];
}

/* It may well have returned. */
static bool is_silent(const cJSON *event)
{
	const struct call silent = { .silent = true };
	const char *note = golden_string(event, "note");

	return note && !strcmp(note, note_request(&silent));
}

static void print_result(FILE *out, const cJSON *event, bool pid)
{
	const cJSON *error = golden_field(event, "error"), *ret = golden_field(event, "ret");

	if (!ret) {
		fputs(is_silent(event) ? "?" : "? <unfinished ...>", out);
	} else if (error) {
		fputs(is_restart(error) ? "? " : "-1 ", out);
		golden_print_value(out, error);
	} else if (pid && golden_number(event, "ret", 0) > 0) {
		fputs("PID", out);
	} else {
		golden_print_value(out, ret);
	}
}

void golden_print_call(struct golden_printer *p, const struct call_row *row, const cJSON *event)
{
	const cJSON *args = golden_field(event, "args");

	fprintf(p->out, "%s(", row->name);
	if (row_is_sum(row))
		print_sum(p->out, row, args);
	else
		print_arguments(p, row, args);
	fputs(") = ", p->out);
	print_result(p->out, event, shows_pid(row, args));
}
