/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A world (world.h) whose model tells of it through user/narrow.h, and what came out, in order.
 */
#ifndef SOCKLIFE_TEST_NARROWED_H
#define SOCKLIFE_TEST_NARROWED_H

#include "../../user/narrow.h"

#include <stdio.h>

#include "world.h"

#define LINES(...) ((char *[]){ __VA_ARGS__, NULL })
#define LOG_MAX 16384

static struct narrow *narrow;
static char told[LOG_MAX]; /* what was handed on, in order: [CALL], [SOCKET STATE], [trouble], [exit] */

#define TELL(...) snprintf(told + strlen(told), sizeof(told) - strlen(told), __VA_ARGS__)

static inline int tell_event(void *arg, const struct event *event)
{
	assert_true(event->by->id == event->process);
	if (event->life)
		assert_int_equal(event->life->id, event->socket);
	TELL("[%s]", event->call->row->name);
	return world_event(arg, event);
}

static inline int tell_state(void *arg, const struct life *life, const struct state_span *span)
{
	(void)arg;
	if (span > life->states) /* the one before stands there, as the model has it */
		assert_int_not_equal(span[-1].state, span->state);
	assert_ptr_equal(span, life->states + life->state_count - 1);
	TELL("[%d %s]", (int)life->inode, state_name(span->state));
	return 0;
}

static inline int tell_trouble(void *arg, const struct life *life, const struct trouble *trouble)
{
	TELL("[trouble]");
	return world_trouble(arg, life, trouble);
}

static inline int tell_process(void *arg, const struct process *process)
{
	if (process->exited)
		TELL("[exit]");
	return world_process(arg, process);
}

static inline struct world *world_of(void **state, char *const *lines)
{
	struct world *w = calloc(1, sizeof(*w));
	struct sink sink = { .event = tell_event,
			     .state = tell_state,
			     .trouble = tell_trouble,
			     .process = tell_process,
			     .life = world_life,
			     .arg = w };

	narrow = narrow_new(lines, &sink);
	sink = narrow_sink(narrow);
	told[0] = 0;
	w->now = MONO;
	w->m = model_new(MONO, &sink);
	*state = w;
	feed(w, record_task(1, 1, FILES(1)));
	return w;
}

static inline int free_world(void **state)
{
	narrow_free(narrow);
	return world_free(state);
}

static inline void assert_lives(struct world *w, size_t count)
{
	finish(w);
	assert_int_equal(w->life_count, count);
}

static inline void named(struct world *w, int n, uint16_t local, uint16_t peer)
{
	feed(w, record_name((struct rec_name){ .sk = SK(n), .kstate = TCP_CLOSE, .view = VIEW_VALID },
			    local ? inet(local) : NONE, peer ? inet(peer) : NONE));
}

/* A sendto() by descriptor fd, not connected. */
static inline void send_to(struct world *w, int fd, int n, uint16_t port)
{
	union record r = call_of(CALL_sendto, (struct rec_call){ .sk = SK(n), .args = { (__u64)fd }, .ret = 1 });

	record_addr(&r, inet(port));
	feed(w, r);
}

static inline void bind_to(struct world *w, int fd, int n, uint16_t port)
{
	union record r = call_of(CALL_bind, (struct rec_call){ .sk = SK(n), .args = { (__u64)fd, 0, 16 } });

	record_addr(&r, inet(port));
	named(w, n, port, 0);
	feed(w, r);
}

static inline void udp(struct world *w, int fd, int n)
{
	socket_of(w, fd, n, AF_INET, SOCK_DGRAM);
}

#define NARROW_TEST(f) cmocka_unit_test_teardown(f, free_world)

#endif
