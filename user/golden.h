/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The golden form in memory: the objects of the json format (timeline.h) as text, and of each what puts them in an order
 * that another run of the same program has too, with names in place of pids and ids. golden_add.c collects,
 * golden_order.c orders, golden_print.c writes.
 */
#ifndef SOCKLIFE_GOLDEN_H
#define SOCKLIFE_GOLDEN_H

#include <stdio.h>

#include "decode.h"
#include "golden_json.h"

#define GOLDEN_FIRST_LINE "socklife golden form 1"
#define GOLDEN_NO_RANK SIZE_MAX /* of what has no known process: last */

struct golden_process {
	int64_t id, pid, parent_id;
	const char *comm; /* of the last exec */
	const char *json;
	size_t parent, child, sibling; /* indexes + 1, 0: none */
	size_t rank; /* in the tree: a parent first, its children in order of their forks */
	const char *name;
	size_t threads; /* that have a number */
};

struct golden_life {
	int64_t id, netns;
	int64_t owner; /* the process that had it first; 0: not known, -1: it has no descriptor */
	const char *json;
	size_t rank; /* of that process */
	size_t number; /* in that process, from 1, in order of birth */
};

struct golden_event {
	int64_t id, process, tid, t, dur, socket, sent; /* 0: none; dur -1: it never returned */
	const struct call_row *row;
	const char *json;
	size_t rank; /* of its process */
	size_t thread; /* in its process: the main thread is 1, the others in order of their first calls */
};

struct golden_store; /* texts, freed all at once */

struct golden { /* each array by id once ordered, and in order of the output */
	struct golden_process *processes, **process_order;
	struct golden_life *lives, **life_order;
	struct golden_event *events, **event_order;
	size_t process_count, life_count, event_count;
	struct golden_store *store;
	bool lost, complete;
	char wrong[160]; /* why an object was not taken */
};

struct golden *golden_new(void); /* NULL: no memory */
void golden_free(struct golden *g);

/*
 * Each takes an object, and its JSON text, of which it keeps a copy. 0, -ENOMEM, or -EBADMSG where a field is not what it
 * has to be: golden.wrong says which.
 */
int golden_add_process(struct golden *g, const cJSON *o, const char *json);
int golden_add_socket(struct golden *g, const cJSON *o, const char *json);
int golden_add_event(struct golden *g, const cJSON *o, const char *json);
int golden_add_trace(struct golden *g, const cJSON *o);

const char *golden_keep(struct golden *g, const char *text); /* a copy that lives as long; NULL: no memory */

/* Of the arrays by id. NULL: none of that id. */
struct golden_process *golden_process(const struct golden *g, int64_t id);
struct golden_life *golden_life(const struct golden *g, int64_t id);
struct golden_event *golden_event(const struct golden *g, int64_t id);

int golden_order(struct golden *g); /* 0 or -ENOMEM */
int golden_print(const struct golden *g, FILE *out); /* once ordered. 0 or -errno */

#endif
