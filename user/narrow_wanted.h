/* SPDX-License-Identifier: GPL-2.0-only */
/* Which sockets are asked for (user/narrow.h). Pure. */
#ifndef SOCKLIFE_NARROW_WANTED_H
#define SOCKLIFE_NARROW_WANTED_H

#include "model.h"

#define FAMILIES 64
#define TYPES 16
#define PORTS 65536

enum verdict { UNDECIDED, IN, OUT };

struct wanted {
	bool any_family, any_type, any_port; /* no constraint */
	bool families[FAMILIES], types[TYPES], ports[PORTS];
};

void wanted_parse(struct wanted *w, char *const *lines); /* into a zeroed one */
/* What is known of a socket by now, and what a call on it says (NULL: none). */
enum verdict wanted_verdict(const struct wanted *w, const struct life *l, const struct call *c);
/* A call that was on no socket would have made one that is asked for. */
bool wanted_failed(const struct wanted *w, const struct call *c);
/* Types (a bit each) of unix sockets that are not asked for: of their sends and receives not all is recorded. */
uint16_t wanted_unix_partial(const struct wanted *w);
/* Messages with descriptors go over unix sockets: are all of those asked for? */
bool wanted_carriers(const struct wanted *w);

#endif
