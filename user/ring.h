/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's rings as a source: a read is one round over all of them, bounded by the time at its start, and ends in a
 * REC_MARK.
 */
#ifndef SOCKLIFE_RING_H
#define SOCKLIFE_RING_H

#include "source.h"

/* fds[cpu]: ring buffer maps, -1 for none; they stay the caller's. 0 or -errno. */
int ring_open(struct source **src, const int *fds, unsigned int cpus);
/* Adds the rings to an epoll instance, with user data `tag`: ready when one is filled past the programs' wake_at. */
int ring_watch(struct source *src, int epoll, unsigned long tag);

#endif
