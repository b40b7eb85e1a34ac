// SPDX-License-Identifier: GPL-2.0-only
/* Which sockets are asked for, and what is handed on of them. */
#include "narrow.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "narrow_held.h"
#include "narrow_wanted.h"

#define RECENT 65536

struct watched { /* a live socket */
	int64_t id; /* key */
	struct narrow *in;
	const struct life *life; /* the model's */
	enum verdict verdict;
	struct held_of held; /* while it is undecided */
	int64_t cause; /* key: the event that changed its state last and has not been told; 0: none */
	int64_t peer, listener; /* of those, the last that was not left out */
	UT_hash_handle hh, by_cause;
};

struct recent { /* the last ids, those that are RECENT apart share a place */
	int64_t ids[RECENT];
};

struct narrow {
	struct sink to;
	struct wanted wanted;
	struct holds holds;
	struct watched *watched, *causes;
	struct recent told; /* events */
	struct recent gone; /* sockets that were handed on */
};

static void recent_add(struct recent *r, int64_t id)
{
	r->ids[id % RECENT] = id;
}

static bool recent_has(const struct recent *r, int64_t id)
{
	return id > 0 && r->ids[id % RECENT] == id;
}

static int tell_event(void *arg, const struct event *event)
{
	struct watched *w = arg;
	struct narrow *n = w->in;
	struct event e = *event;
	char note[512];

	e.socket = w->id;
	e.life = w->life;
	if (!recent_has(&n->told, e.sent))
		e.sent = 0;
	if (w->held.dropped) {
		snprintf(note, sizeof(note), "%" PRIu64 " earlier call%s not shown%s%s", w->held.dropped,
			 w->held.dropped == 1 ? " is" : "s are", e.note ? "; " : "", e.note ? e.note : "");
		e.note = note;
		w->held.dropped = 0;
	}
	recent_add(&n->told, e.id);
	return n->to.event ? n->to.event(n->to.arg, &e) : 0;
}

static int tell_state(void *arg, const struct life *life, const struct state_span *span)
{
	const struct narrow *n = ((struct watched *)arg)->in;

	return n->to.state ? n->to.state(n->to.arg, life, span) : 0;
}

static int tell_trouble(void *arg, const struct life *life, const struct trouble *trouble)
{
	const struct narrow *n = ((struct watched *)arg)->in;

	return n->to.trouble ? n->to.trouble(n->to.arg, life, trouble) : 0;
}

static struct watched *find(const struct narrow *n, int64_t id)
{
	struct watched *w;

	HASH_FIND(hh, n->watched, &id, sizeof(id), w);
	return w;
}

/* The socket may be named in what is handed on. */
static bool is_in(const struct narrow *n, int64_t id)
{
	const struct watched *w = id ? find(n, id) : NULL;

	return w ? w->verdict == IN : recent_has(&n->gone, id);
}

/* What is known by now, and by the call, may decide. NULL: no memory. */
static struct watched *watch(struct narrow *n, const struct life *life, const struct call *c, int *err)
{
	struct watched *w = find(n, life->id);

	if (!w) {
		w = calloc(1, sizeof(*w));
		*err = w ? 0 : -ENOMEM;
		if (!w)
			return NULL;
		*w = (struct watched){ .id = life->id, .in = n, .life = life };
		HASH_ADD(hh, n->watched, id, sizeof(w->id), w);
	}
	if (w->verdict == UNDECIDED) {
		const struct sink to = { .event = tell_event, .state = tell_state, .trouble = tell_trouble, .arg = w };

		w->verdict = wanted_verdict(&n->wanted, life, c);
		if (w->verdict == IN)
			*err = held_tell(&n->holds, &w->held, life, &to);
		else if (w->verdict == OUT)
			held_forget(&n->holds, &w->held);
	}
	if (is_in(n, life->listener))
		w->listener = life->listener;
	return w;
}

static void cause_forget(struct narrow *n, struct watched *w)
{
	if (w->cause)
		HASH_DELETE(by_cause, n->causes, w);
	w->cause = 0;
}

/* A call on one socket may close another: it is told where one of them is asked for. */
static void cause_add(struct narrow *n, struct watched *w, int64_t event)
{
	struct watched *other;

	cause_forget(n, w);
	if (!event || w->verdict == OUT)
		return;
	HASH_FIND(by_cause, n->causes, &event, sizeof(event), other);
	if (other && other->verdict == IN)
		return;
	if (other)
		cause_forget(n, other);
	w->cause = event;
	HASH_ADD(by_cause, n->causes, cause, sizeof(w->cause), w);
}

static struct watched *cause_take(struct narrow *n, int64_t event)
{
	struct watched *w;

	HASH_FIND(by_cause, n->causes, &event, sizeof(event), w);
	if (w)
		cause_forget(n, w);
	return w;
}

/* Whose event it is, when it was made on one socket (or on none), and changed another. */
static struct watched *event_of(struct watched *on, struct watched *changed)
{
	if (!on || !changed)
		return on ? on : changed;
	if (on->verdict == OUT || (on->verdict == UNDECIDED && changed->verdict == IN))
		return changed;
	return on;
}

/* On a socket that is not known any more, or on none: a socket() that failed. */
static int event_alone(struct narrow *n, const struct event *event)
{
	if (event->socket ? !recent_has(&n->gone, event->socket) : !wanted_failed(&n->wanted, event->call))
		return 0;
	recent_add(&n->told, event->id);
	return n->to.event ? n->to.event(n->to.arg, event) : 0;
}

static int on_event(void *arg, const struct event *event)
{
	struct narrow *n = arg;
	int err = 0;
	struct watched *on = event->life ? watch(n, event->life, event->call, &err) : NULL;
	struct watched *w = event_of(on, cause_take(n, event->id));
	struct event e = *event;

	if (err)
		return err;
	if (!w)
		return event_alone(n, event);
	if (w->verdict == IN)
		return tell_event(w, event);
	e.life = w->life;
	return w->verdict == OUT ? 0 : hold_event(&n->holds, &w->held, &e);
}

static int on_state(void *arg, const struct life *life, const struct state_span *span)
{
	struct narrow *n = arg;
	int err = 0;
	struct watched *w = watch(n, life, NULL, &err);

	if (err)
		return err;
	cause_add(n, w, span->cause);
	if (w->verdict == UNDECIDED)
		return hold_state(&n->holds, &w->held, life, span);
	return w->verdict == IN ? tell_state(w, life, span) : 0;
}

static int on_trouble(void *arg, const struct life *life, const struct trouble *trouble)
{
	struct narrow *n = arg;
	int err = 0;
	struct watched *w = watch(n, life, NULL, &err);

	if (err)
		return err;
	if (w->verdict == UNDECIDED)
		return hold_trouble(&n->holds, &w->held, trouble);
	return w->verdict == IN ? tell_trouble(w, life, trouble) : 0;
}

static int on_process(void *arg, const struct process *process)
{
	struct narrow *n = arg;

	held_process_ended(&n->holds, process);
	return n->to.process ? n->to.process(n->to.arg, process) : 0;
}

/* What it names was left out, or dropped. */
static int tell_life(const struct narrow *n, const struct watched *w)
{
	struct life l = *w->life;
	struct state_span *states = NULL;
	struct flight *flights = NULL;
	int err = -ENOMEM;

	if (!n->to.life)
		return 0;
	if (l.peer_socket != w->peer && !is_in(n, l.peer_socket))
		l.peer_socket = 0;
	if (l.listener != w->listener && !is_in(n, l.listener))
		l.listener = 0;
	if (w->held.dropped_to) {
		states = l.states = reallocarray(NULL, l.state_count + 1, sizeof(*states));
		if (!states)
			goto out;
		memcpy(states, w->life->states, l.state_count * sizeof(*states));
	}
	for (size_t i = 0; states && i < l.state_count; i++)
		if (states[i].cause && states[i].cause <= w->held.dropped_to) {
			states[i].cause = 0;
			states[i].fact = "earlier call";
		}
	if (l.flight_count && !wanted_carriers(&n->wanted)) {
		flights = l.flights = reallocarray(NULL, l.flight_count, sizeof(*flights));
		if (!flights)
			goto out;
		memcpy(flights, w->life->flights, l.flight_count * sizeof(*flights));
	}
	for (size_t i = 0; flights && i < l.flight_count; i++)
		flights[i].sent = flights[i].received = 0;
	err = n->to.life(n->to.arg, &l);
out:
	free(states);
	free(flights);
	return err;
}

static void unwatch(struct narrow *n, struct watched *w)
{
	cause_forget(n, w);
	held_forget(&n->holds, &w->held);
	HASH_DEL(n->watched, w);
	free(w);
}

static int on_life(void *arg, const struct life *life)
{
	struct narrow *n = arg;
	int err = 0;
	struct watched *w = watch(n, life, NULL, &err), *peer = find(n, life->peer_socket);

	if (!w)
		return err;
	if (!err && w->verdict == IN) {
		err = tell_life(n, w);
		recent_add(&n->gone, w->id);
		if (peer)
			peer->peer = w->id;
	}
	unwatch(n, w);
	return err;
}

struct narrow *narrow_new(char *const *lines, const struct sink *to)
{
	struct narrow *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->to = *to;
	wanted_parse(&n->wanted, lines);
	return n;
}

uint16_t narrow_unix_partial(const struct narrow *n)
{
	return wanted_unix_partial(&n->wanted);
}

struct sink narrow_sink(struct narrow *n)
{
	return (struct sink){
		.event = on_event,
		.state = on_state,
		.trouble = on_trouble,
		.process = on_process,
		.life = on_life,
		.arg = n,
	};
}

int narrow_each_life(const struct narrow *n, int (*fn)(void *arg, const struct life *life), void *arg)
{
	int err = 0;

	for (const struct watched *w = n->watched; w && !err; w = w->hh.next)
		if (w->verdict == IN && w->life->state_count && w->life->closed == OPEN)
			err = fn(arg, w->life);
	return err;
}

void narrow_free(struct narrow *n)
{
	struct watched *w, *next;

	if (!n)
		return;
	HASH_ITER (hh, n->watched, w, next)
		unwatch(n, w);
	free(n);
}
