/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns what the golden form has in place of what the kernel or a library chose: ports, names of autobind, pids, names of
 * temporary files and directories.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "call_text.h"
#include "golden_print.h"

/* net.ipv4.ip_local_port_range as it comes with the kernel. */
#define EPHEMERAL_FIRST 32768
#define EPHEMERAL_LAST 60999
#define AUTOBIND 5 /* hex digits, unix(7) */

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* A backslash is escaped already. */
static void print_part(FILE *out, const char *text, size_t len)
{
	const char *backslash;
	size_t n;

	for (; len; text += n, len -= n) {
		backslash = memchr(text, '\\', len);
		n = backslash ? (size_t)(backslash - text) : len;
		text_print(out, text, n);
		if (backslash && ++n)
			putc('\\', out);
	}
}

void golden_print_text(FILE *out, const char *text)
{
	print_part(out, text, strlen(text));
}

void golden_print_value(FILE *out, const cJSON *item)
{
	int64_t number;

	if (cJSON_IsString(item))
		golden_print_text(out, item->valuestring);
	else if (golden_int(item, &number))
		fprintf(out, "%" PRId64, number);
	else
		fputs("NULL", out);
}

static void print_label(struct golden_printer *p, const char *name, struct golden_labels *labels, const char *key,
			size_t len)
{
	size_t *number = golden_label(labels, key, len);

	if (!number) {
		p->failed = true;
		return;
	}
	if (!*number)
		*number = ++labels->count;
	fprintf(p->out, "%s%zu", name, *number);
}

/* Where programs make names up. The length of the directory that the text begins with, with its slash; 0: none. */
static size_t temporary_directory(const char *text)
{
	static const char *const directories[] = { "/tmp/", "/var/tmp/", "/dev/shm/" };
	static const char run[] = "/run/user/";
	size_t i, len, digits;

	for (i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		if (begins(text, directories[i]))
			return strlen(directories[i]);
	if (!begins(text, run))
		return 0;
	len = strlen(run);
	digits = strspn(text + len, "0123456789");
	return digits && text[len + digits] == '/' ? len + digits + 1 : 0;
}

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_.-+~", c));
}

/* mkstemp(3) and mkdtemp(3), Python's tempfile, mktemp(1), and names that end in a pid. */
static bool is_made_up(const char *name, size_t len)
{
	size_t run = len, digits = len;
	bool letters = true;

	if (len > 3 && !strncmp(name, "tmp", 3))
		return true;
	for (; digits && isdigit((unsigned char)name[digits - 1]); digits--)
		;
	if (len - digits >= 3 && (!digits || strchr(".-_", name[digits - 1])))
		return true;
	for (; run && (isalnum((unsigned char)name[run - 1]) || name[run - 1] == '_'); run--)
		letters = letters && (islower((unsigned char)name[run - 1]) || name[run - 1] == '_');
	return len - run >= 6 && !letters && (!run || strchr(".-", name[run - 1]));
}

void golden_print_paths(struct golden_printer *p, const char *text)
{
	const char *at = text;
	size_t len, name;

	while (*at) {
		len = at == text || !in_name(at[-1]) ? temporary_directory(at) : 0;
		at += len ? len : 1;
		for (name = 0; len && in_name(at[name]); name++)
			;
		if (!len || !is_made_up(at, name))
			continue;
		print_part(p->out, text, (size_t)(at - text));
		print_label(p, "TMP", &p->temporaries, at, name);
		text = at += name;
	}
	golden_print_text(p->out, text);
}

/* after: the colon in front of it. 0: none. One that was cut (AF_INET:a2617f) begins with the port, in hex. */
static long port_of(const char *text, const char *after)
{
	char digits[5] = "";

	if (*text != 'A')
		return strtol(after + 1, NULL, 10);
	strncpy(digits, after + 1, 4);
	return strlen(digits) == 4 ? strtol(digits, NULL, 16) : 0;
}

static void print_inet(struct golden_printer *p, const char *text)
{
	const char *colon = strrchr(text, ':');
	long port = colon ? port_of(text, colon) : 0;

	if (port < EPHEMERAL_FIRST || port > EPHEMERAL_LAST) {
		golden_print_text(p->out, text);
		return;
	}
	print_part(p->out, text, (size_t)(colon - text));
	print_label(p, ":P", &p->ports, (const char *)&port, sizeof(port));
}

static void print_unix(struct golden_printer *p, const char *text)
{
	static const char abstract[] = "unix:@";
	const char *name = text + strlen(abstract);

	if (!begins(text, abstract) || strlen(name) != AUTOBIND || name[strspn(name, "0123456789abcdef")]) {
		golden_print_paths(p, text);
		return;
	}
	print_label(p, "unix:@AUTO", &p->autobinds, name, AUTOBIND);
}

static void print_netlink(struct golden_printer *p, const char *text)
{
	const char *groups = strchr(text, '/');

	if (!groups || begins(text, "netlink:0/")) {
		golden_print_text(p->out, text);
		return;
	}
	fputs("netlink:PID", p->out);
	golden_print_text(p->out, groups);
}

void golden_print_address(struct golden_printer *p, const char *text)
{
	if (begins(text, "unix:"))
		print_unix(p, text);
	else if (begins(text, "netlink:"))
		print_netlink(p, text);
	else if (*text == '[' || (isdigit((unsigned char)*text) && strchr(text, '.')) || begins(text, "AF_INET:") ||
		 begins(text, "AF_INET6:"))
		print_inet(p, text);
	else
		golden_print_text(p->out, text);
}
