/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A sink in front of another: sockets of other families, types and ports than those asked for are left out, with their
 * events. What it hands on names nothing that was left out. Lines (the capture's `narrow`): "family AF_INET", "type
 * SOCK_STREAM", "port 80"; or-ed within a kind, and-ed between kinds; a line of another kind is no constraint.
 *
 * A port is one that a socket has, or that a call on it names, at any time of its life, and its own end or the peer's. Until one
 * is among those asked for, what is told of a socket is held, at most HELD_EVENTS events of it, and at most HELD_ALL things of all
 * sockets; when one is, all that is handed on, and a note says how much came before. Memory follows the live sockets.
 */
#ifndef SOCKLIFE_NARROW_H
#define SOCKLIFE_NARROW_H

#include "model.h"

struct narrow;

struct narrow *narrow_new(char *const *lines, const struct sink *to); /* NULL: no memory */
struct sink narrow_sink(struct narrow *n);
uint16_t narrow_unix_partial(const struct narrow *n); /* for model_unix_partial() */
/* As model_each_life(), of those that are not left out. */
int narrow_each_life(const struct narrow *n, int (*fn)(void *arg, const struct life *life), void *arg);
void narrow_free(struct narrow *n);

#endif
