/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a user wants recorded: processes and sockets, as given on the command line, and as the programs need it. Options of one
 * kind are or-ed, kinds are and-ed; COMMAND and -p are one kind.
 */
#ifndef SOCKLIFE_SELECTION_H
#define SOCKLIFE_SELECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroup.h"
#include "options.h"

struct selection_options {
	struct number_list pids, ports;
	struct string_list comms, cgroups, uids, families, types;
	bool all, no_follow;
};

/* clang-format off */
/* Rows of options (options.h) for a struct selection_options at offset `at`. */
#define SELECTION_ROWS(at) \
	{ "pid", 'p', OPTION_NUMBERS, "PID", "this process and its threads", SELECTION_AT(at, pids) }, \
	{ "all", 'a', OPTION_FLAG, NULL, "every process but socklife", SELECTION_AT(at, all) }, \
	{ "comm", 0, OPTION_STRINGS, "NAME", "processes of this name, as in /proc/PID/comm", SELECTION_AT(at, comms) }, \
	{ "uid", 0, OPTION_STRINGS, "USER", "processes of this effective user: a name or a number", SELECTION_AT(at, uids) }, \
	{ "cgroup", 0, OPTION_STRINGS, "PATH", "processes in this cgroup, or below; or a container's id", \
	  SELECTION_AT(at, cgroups) }, \
	{ "no-follow", 0, OPTION_FLAG, NULL, "leave the children of traced processes out", SELECTION_AT(at, no_follow) }, \
	{ "family", 0, OPTION_STRINGS, "NAME", "sockets of this family: inet, unix, AF_PACKET...", SELECTION_AT(at, families) }, \
	{ "type", 0, OPTION_STRINGS, "NAME", "sockets of this type: stream, dgram, SOCK_RAW...", SELECTION_AT(at, types) }, \
	{ "port", 0, OPTION_NUMBERS, "N", "internet sockets with this port, their own or the peer's", SELECTION_AT(at, ports) }
#define SELECTION_AT(at, member) ((at) + offsetof(struct selection_options, member))

/* For the help text. */
#define SELECTION_ABOUT \
	"What to record (-p to --port) may be given repeatedly: of one kind any will do, of several kinds each must;\n" \
	"COMMAND and -p are one kind. --comm, --uid and --cgroup go by a process's first thread, and are looked at when\n" \
	"it begins, at exec, and when it is renamed, changes its user by setuid() and the like, or is moved to a cgroup.\n" \
	"What matched once is traced to its end, and so are its children."
/* clang-format on */

struct selection {
	struct selection_options given;
	bool asked; /* only COMMAND and -p, and their children */
	bool every; /* all processes, none has to match anything */
	bool follow; /* children of what is traced */
	int *pidfds; /* as many as given.pids */
	uint32_t *uids; /* as many as given.uids */
	struct cgroup_list cgroups;
	uint64_t families; /* a bit for each, 0: all */
	uint32_t types;
};

/*
 * From `given`; command: there is one. 0, or an exit status after one line has said what is wrong. In both cases
 * selection_free() is due.
 */
int selection_open(struct selection *s, bool command);
/* The lines of a capture's header that tell of sockets (capture.h: narrow), NULL-terminated. NULL: no memory. */
char **selection_lines(const struct selection *s);
void selection_lines_free(char **lines);
void selection_free(struct selection *s);

#endif
