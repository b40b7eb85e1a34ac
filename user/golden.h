/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The golden form in memory: copies of the model's objects, in an order that another run of the same program has too and
 * with names in place of pids and ids. export_normalize.c collects, golden_order.c orders, golden_print.c writes.
 */
#ifndef SOCKLIFE_GOLDEN_H
#define SOCKLIFE_GOLDEN_H

#include <stdio.h>

#include "model.h"

#define GOLDEN_NAME (4 * COMM_LEN + 24) /* an escaped comm, a dot, an ordinal */
#define GOLDEN_NO_RANK SIZE_MAX /* of what has no known process: last */

struct golden_process {
	struct process p;
	struct exec exec; /* the last one, its texts owned; p.execs is not */
	size_t parent, child, sibling; /* indexes + 1, 0: none */
	size_t rank; /* in the tree: a parent first, its children in order of their forks */
	char name[GOLDEN_NAME];
};

struct golden_life {
	struct life l; /* its arrays owned */
	size_t rank; /* of the process that had it first */
	size_t number; /* in that process, from 1, in order of birth */
};

struct golden_event {
	struct event e; /* call, by and life are not to be followed */
	struct call call;
	char *note; /* owned */
	size_t rank; /* of its process */
	size_t thread; /* in its process: the main thread is 1, the others in order of their first calls */
};

struct golden { /* each array by id once collected, and in order of the output */
	struct golden_process *processes, **process_order;
	struct golden_life *lives, **life_order;
	struct golden_event *events, **event_order;
	size_t process_count, life_count, event_count;
	FILE *out;
};

/* Of the arrays by id. NULL: none of that id. */
struct golden_process *golden_process(const struct golden *g, int64_t id);
struct golden_life *golden_life(const struct golden *g, int64_t id);
struct golden_event *golden_event(const struct golden *g, int64_t id);

int golden_order(struct golden *g); /* 0 or -ENOMEM */
int golden_print(const struct golden *g, const struct trace *trace); /* 0 or -errno */

#endif
