// SPDX-License-Identifier: GPL-2.0-only
#include "narrow_wanted.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"

#define TYPE_MASK 0xf /* the rest are SOCK_CLOEXEC and SOCK_NONBLOCK */

static bool wants_kind(const struct wanted *w, unsigned int family, unsigned int type)
{
	return (w->any_family || (family < FAMILIES && w->families[family])) &&
	       (w->any_type || (type < TYPES && w->types[type]));
}

static bool has_port(const struct wanted *w, const struct address *a)
{
	return a->len && address_port(a) && w->ports[address_port(a)];
}

/* The address that an accept() returns is the new socket's peer. */
static bool names_port(const struct wanted *w, const struct life *l, const struct call *c)
{
	return has_port(w, &l->local) || has_port(w, &l->peer) ||
	       (l->attempt_count && has_port(w, &l->attempts[l->attempt_count - 1].peer)) ||
	       (c && c->has_addr && c->verb != VERB_ACCEPT && has_port(w, &c->addr));
}

enum verdict wanted_verdict(const struct wanted *w, const struct life *l, const struct call *c)
{
	if (!l->known && !(w->any_family && w->any_type))
		return UNDECIDED;
	if (l->known && !wants_kind(w, l->family, l->type))
		return OUT;
	if (w->any_port)
		return IN;
	if (l->known && l->family != AF_INET && l->family != AF_INET6)
		return OUT;
	return names_port(w, l, c) ? IN : UNDECIDED;
}

bool wanted_failed(const struct wanted *w, const struct call *c)
{
	bool makes = c->row == &call_rows[CALL_socket] || c->row == &call_rows[CALL_socketpair];

	return makes && w->any_port && wants_kind(w, (unsigned int)c->args[0], (unsigned int)c->args[1] & TYPE_MASK);
}

uint16_t wanted_unix_partial(const struct wanted *w)
{
	uint16_t types = 0;

	for (unsigned int type = 0; type < TYPES; type++)
		if (!wants_kind(w, AF_UNIX, type))
			types |= 1u << type;
	return types;
}

bool wanted_carriers(const struct wanted *w)
{
	return w->any_port && w->any_type && (w->any_family || w->families[AF_UNIX]);
}

/* Sets those of `wanted` whose number has the name. */
static void name_add(bool *wanted, unsigned int count, const char *(*name_of)(unsigned int, char *, size_t),
		     const char *name)
{
	char buf[NAME_MAX_TEXT];

	for (unsigned int i = 0; i < count; i++)
		if (!strcmp(name_of(i, buf, sizeof(buf)), name))
			wanted[i] = true;
}

/* What follows the kind; NULL: it is of another. */
static const char *line_of(const char *line, const char *kind)
{
	size_t len = strlen(kind);

	return !strncmp(line, kind, len) && line[len] == ' ' ? line + len + 1 : NULL;
}

void wanted_parse(struct wanted *w, char *const *lines)
{
	const char *name;

	w->any_family = w->any_type = w->any_port = true;
	for (; *lines; lines++) {
		if ((name = line_of(*lines, "family"))) {
			w->any_family = false;
			name_add(w->families, FAMILIES, name_family, name);
		} else if ((name = line_of(*lines, "type"))) {
			w->any_type = false;
			name_add(w->types, TYPES, name_type, name);
		} else if ((name = line_of(*lines, "port"))) {
			w->any_port = false;
			w->ports[strtoul(name, NULL, 10) % PORTS] = true;
		}
	}
}
