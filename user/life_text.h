/* SPDX-License-Identifier: GPL-2.0-only */
/* What a line about a socket says of it. Each text is cut at size bytes, and safe to show. */
#ifndef SOCKLIFE_LIFE_TEXT_H
#define SOCKLIFE_LIFE_TEXT_H

#include "model.h"

#define LIFE_WHO 96
#define LIFE_ADDRESS 1284 /* TEXT_ROOM(ADDRESS_TEXT) */
#define LIFE_TROUBLE 2048

void life_who(const struct life *life, char *text, size_t size); /* curl[1234] */
void life_address(const struct address *a, char *text, size_t size); /* - where there is none */
const char *life_state(const struct life *life); /* the last before it closed */
void life_trouble(const struct life *life, char *text,
		  size_t size); /* what went wrong: ", reset sent, 2 retransmitted" */

#endif
