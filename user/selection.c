// SPDX-License-Identifier: GPL-2.0-only
#include "selection.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "message.h"
#include "names.h"

#define COMM_MAX 15
#define PORT_MAX 65535
#define FAMILIES 64
#define TYPES 16 /* SOCK_TYPE_MASK, include/linux/net.h */

/* A decimal number up to max; -1: it is none. */
static int64_t number_of(const char *text, uint64_t max)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	return errno || end == text || *end || *text < '0' || *text > '9' || n > max ? -1 : (int64_t)n;
}

static int pids_open(struct selection *s)
{
	const struct number_list *pids = &s->given.pids;

	s->pidfds = malloc((pids->count + 1) * sizeof(*s->pidfds));
	if (!s->pidfds)
		return message_failed("no memory");
	memset(s->pidfds, -1, pids->count * sizeof(*s->pidfds));
	for (size_t i = 0; i < pids->count; i++) {
		s->pidfds[i] = syscall(SYS_pidfd_open, pids->items[i], 0);
		if (s->pidfds[i] < 0)
			return message_failed("process %d: %s: is it a process that runs (not a thread)?",
					      pids->items[i], strerror(errno));
	}
	return 0;
}

static int comms_check(const struct string_list *comms)
{
	for (size_t i = 0; i < comms->count; i++) {
		const char *comm = comms->items[i];

		if (!*comm)
			return options_wrong("--comm wants a name");
		if (strlen(comm) > COMM_MAX)
			return options_wrong(
				"--comm: a process's name has %d bytes at most, say '%.*s' instead of '%s'", COMM_MAX,
				COMM_MAX, comm, comm);
	}
	return 0;
}

/* (uid_t)-1 is nobody's: setuid(2). */
static int uids_find(struct selection *s)
{
	const struct string_list *uids = &s->given.uids;

	s->uids = calloc(uids->count + 1, sizeof(*s->uids));
	if (!s->uids)
		return message_failed("no memory");
	for (size_t i = 0; i < uids->count; i++) {
		int64_t uid = number_of(uids->items[i], UINT32_MAX - 1);
		const struct passwd *user = uid < 0 ? getpwnam(uids->items[i]) : NULL;

		if (uid < 0 && !user)
			return options_wrong("unknown user '%s'", uids->items[i]);
		s->uids[i] = user ? user->pw_uid : (uint32_t)uid;
	}
	return 0;
}

static int cgroups_find(struct selection *s)
{
	const struct string_list *cgroups = &s->given.cgroups;
	char why[CGROUP_TEXT];
	int err;

	for (size_t i = 0; i < cgroups->count; i++) {
		err = cgroup_find(&s->cgroups, cgroups->items[i], why);
		if (err)
			return err == -EINVAL ? options_wrong("%s", why) : message_failed("%s", why);
	}
	return 0;
}

typedef const char *name_fn(unsigned int value, char *buf, size_t size);

/* By its name in C, with or without its prefix, or by its number. */
static int64_t value_of(const char *text, const char *prefix, name_fn *name, unsigned int count)
{
	char buf[NAME_MAX_TEXT];

	for (unsigned int value = 1; value < count; value++) {
		const char *full = name(value, buf, sizeof(buf));

		if (strncmp(full, prefix, strlen(prefix)))
			continue;
		if (!strcasecmp(full, text) || !strcasecmp(full + strlen(prefix), text))
			return value;
	}
	return number_of(text, count - 1);
}

static int bits_of(uint64_t *bits, const struct string_list *list, const char *what, const char *prefix, name_fn *name,
		   unsigned int count)
{
	for (size_t i = 0; i < list->count; i++) {
		int64_t value = value_of(list->items[i], prefix, name, count);

		if (value < 1)
			return options_wrong("unknown %s '%s'", what, list->items[i]);
		*bits |= 1ull << value;
	}
	return 0;
}

static int ports_check(const struct number_list *ports)
{
	for (size_t i = 0; i < ports->count; i++)
		if (ports->items[i] > PORT_MAX)
			return options_wrong("--port is at most %d", PORT_MAX);
	return 0;
}

int selection_open(struct selection *s, bool command)
{
	const struct selection_options *given = &s->given;
	bool filtered = given->comms.count || given->uids.count || given->cgroups.count;
	uint64_t types = 0;
	int status;

	if (!command && !given->all && !given->pids.count && !filtered)
		return options_wrong("nothing to trace: give a COMMAND, -p PID, --comm, --uid, --cgroup, or -a");
	s->asked = !given->all && (command || given->pids.count);
	s->every = !s->asked && !filtered;
	s->follow = !given->no_follow;
	status = bits_of(&s->families, &given->families, "family", "AF_", name_family, FAMILIES);
	if (!status)
		status = bits_of(&types, &given->types, "type", "SOCK_", name_type, TYPES);
	s->types = types;
	if (!status)
		status = ports_check(&given->ports);
	if (!status)
		status = comms_check(&given->comms);
	if (!status)
		status = uids_find(s);
	if (!status)
		status = cgroups_find(s);
	return status ? status : pids_open(s);
}

static size_t lines_of_bits(char **lines, size_t at, const char *what, uint64_t bits, name_fn *name)
{
	char buf[NAME_MAX_TEXT];

	for (unsigned int value = 0; value < FAMILIES; value++)
		if (bits >> value & 1 && asprintf(&lines[at++], "%s %s", what, name(value, buf, sizeof(buf))) < 0)
			lines[--at] = NULL;
	return at;
}

char **selection_lines(const struct selection *s)
{
	const struct number_list *ports = &s->given.ports;
	size_t count = __builtin_popcountll(s->families) + __builtin_popcount(s->types) + ports->count, at = 0;
	char **lines = calloc(count + 1, sizeof(*lines));

	if (!lines)
		return NULL;
	at = lines_of_bits(lines, at, "family", s->families, name_family);
	at = lines_of_bits(lines, at, "type", s->types, name_type);
	for (size_t i = 0; i < ports->count; i++)
		if (asprintf(&lines[at++], "port %d", ports->items[i]) < 0)
			lines[--at] = NULL;
	if (at == count)
		return lines;
	lines[at] = NULL;
	selection_lines_free(lines);
	return NULL;
}

void selection_lines_free(char **lines)
{
	for (char **line = lines; line && *line; line++)
		free(*line);
	free(lines);
}

void selection_free(struct selection *s)
{
	struct selection_options *given = &s->given;

	for (size_t i = 0; s->pidfds && i < given->pids.count; i++)
		if (s->pidfds[i] >= 0)
			close(s->pidfds[i]);
	free(s->pidfds);
	free(s->uids);
	free(s->cgroups.items);
	free(given->pids.items);
	free(given->ports.items);
	free(given->comms.items);
	free(given->cgroups.items);
	free(given->uids.items);
	free(given->families.items);
	free(given->types.items);
}
