/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was told of sockets of which it is not known yet whether they are asked for: deep copies, as the model's objects are
 * valid during a call only. For user/narrow.c alone.
 */
#ifndef SOCKLIFE_NARROW_HELD_H
#define SOCKLIFE_NARROW_HELD_H

#include "model.h"

#define HELD_EVENTS 64 /* of a socket: the oldest are dropped */
#define HELD_ITEMS 256 /* of a socket, its states and troubles too */
#define HELD_ALL 65536 /* of all sockets */

struct held; /* an event, a state or a trouble */

struct held_of { /* a socket; zeroed: nothing */
	struct held *first; /* in order */
	size_t events, count;
	uint64_t dropped; /* events */
	int64_t dropped_to; /* the highest id of those */
};

struct holds { /* of all sockets; zeroed: nothing */
	struct held *oldest;
	size_t count;
	struct held_process *processes;
};

/* Each 0 or -ENOMEM. */
int hold_event(struct holds *all, struct held_of *of, const struct event *event); /* its life is of's */
int hold_state(struct holds *all, struct held_of *of, const struct life *life, const struct state_span *span);
int hold_trouble(struct holds *all, struct held_of *of, const struct trouble *trouble);
/* Hands it on in order, as told of life as it is now, and forgets it. What the sink returned. */
int held_tell(struct holds *all, struct held_of *of, const struct life *life, const struct sink *to);
/* What is told after it is told of one that has ended. */
void held_process_ended(struct holds *all, const struct process *process);
void held_forget(struct holds *all, struct held_of *of);

#endif
