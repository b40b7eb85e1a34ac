// SPDX-License-Identifier: GPL-2.0-only
/* The names of what the model tells, as contract.md spells them, and the recording kernel's own for resets. */
#include <stdlib.h>

#include "model_internal.h"

static const char *const how_names[HOWS] = {
	[HOW_SOCKET] = "socket",
	[HOW_ACCEPT] = "accept",
	[HOW_SOCKETPAIR] = "socketpair",
	[HOW_DUP] = "dup",
	[HOW_FORK] = "fork",
	[HOW_SCM_RIGHTS] = "scm_rights",
	[HOW_SNAPSHOT] = "snapshot",
	[HOW_PIDFD_GETFD] = "pidfd_getfd",
};

static const char *const end_names[ENDS] = {
	[BY_OPEN] = "open",       [BY_CLOSE] = "close", [BY_DUP2] = "dup2",
	[BY_CLOEXEC] = "cloexec", [BY_EXIT] = "exit",   [BY_CLOSE_RANGE] = "close_range",
};

static const char *const origin_names[ORIGINS] = {
	[ORIGIN_SOCKET] = "socket",     [ORIGIN_ACCEPT] = "accept",     [ORIGIN_SOCKETPAIR] = "socketpair",
	[ORIGIN_SNAPSHOT] = "snapshot", [ORIGIN_RECEIVED] = "received",
};

static const char *const learned_names[] = {
	[LEARNED_NOT] = "",
	[LEARNED_RETURN] = "return",
	[LEARNED_SO_ERROR] = "SO_ERROR",
	[LEARNED_CONNECT] = "connect",
	[LEARNED_POLL] = "poll",
	[LEARNED_IO] = "io",
};

const char *how_name(enum how how)
{
	return how_names[how];
}

const char *end_name(enum end_by end)
{
	return end_names[end];
}

const char *origin_name(enum origin origin)
{
	return origin_names[origin];
}

const char *learned_name(enum learned learned)
{
	return learned_names[learned];
}

void model_reset_reasons(struct model *m, char *const *reasons)
{
	m->reset_reasons = reasons;
}

const char *model_reset_reason(const struct model *m, uint32_t extra)
{
	char *name;

	for (char *const *r = m->reset_reasons; extra && r && *r; r++)
		if (strtoul(*r, &name, 10) == extra - 1 && *name == ' ')
			return name + 1;
	return NULL;
}
