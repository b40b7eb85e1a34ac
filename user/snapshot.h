/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was there before a file of the trace began, as records like any other: tasks, sockets, their descriptors, calls that
 * are blocked. Their rec_head.cpu is one above the last CPU's.
 */
#ifndef SOCKLIFE_SNAPSHOT_H
#define SOCKLIFE_SNAPSHOT_H

#include <stdint.h>

#include "source.h"

struct loader;

/*
 * Walks over all tasks, or those of processes that came to match since then (ns of CLOCK_MONOTONIC, 0: all), and hands each
 * record to fn. between is called now and then, for the rings to be read meanwhile; what
 * either answers but 0 stops it. 0 or -errno.
 */
int snapshot_take(struct loader *loader, uint64_t since, record_fn *fn, int (*between)(void *arg), void *arg);
/* The calls that had not returned when the file before loader_begin_file() ended, as CALL_OPEN at that time. The same. */
int snapshot_open_calls(struct loader *loader, record_fn *fn, int (*between)(void *arg), void *arg);

#endif
