/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A model that is fed records, 10 ns apart, and what it told of: deep copies, so that a test may look at all of it after the
 * end. Thread 1 of process 1 has the descriptor table FILES(1); the n-th socket is SK(n), inode n.
 */
#ifndef SOCKLIFE_TEST_WORLD_H
#define SOCKLIFE_TEST_WORLD_H

#include <errno.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "../../user/model.h"
#include "records.h"

#define MONO 1000000ull
#define SK(n) (0xffff888000000000ull + 0x1000ull * (n))
#define FILES(n) (0xffff999000000000ull + 0x100ull * (n))
#define NONE ((struct address){ 0 })

struct world {
	struct model *m;
	uint64_t now;
	struct life *lives; /* in the order in which they were handed on */
	size_t life_count;
	struct event *events; /* without call, by and life */
	size_t event_count;
	struct process *processes; /* without execs */
	size_t process_count;
	struct trouble *troubles;
	size_t trouble_count;
	bool finished;
};

static inline void *copy_of(const void *from, size_t size)
{
	return size ? memcpy(malloc(size), from, size) : NULL;
}

/* Room for one more, at the end. */
static inline void *grown(void *items, size_t count, size_t size)
{
	return count & (count - 1) ? items : realloc(items, (count ? 2 * count : 1) * size);
}

static inline int world_life(void *arg, const struct life *life)
{
	struct world *w = arg;
	struct life *l;

	w->lives = grown(w->lives, w->life_count++, sizeof(*w->lives));
	l = &w->lives[w->life_count - 1];
	*l = *life;
	l->states = copy_of(life->states, life->state_count * sizeof(*life->states));
	l->peers = copy_of(life->peers, life->peer_count * sizeof(*life->peers));
	l->attempts = copy_of(life->attempts, life->attempt_count * sizeof(*life->attempts));
	l->descriptors = copy_of(life->descriptors, life->descriptor_count * sizeof(*life->descriptors));
	l->flights = copy_of(life->flights, life->flight_count * sizeof(*life->flights));
	l->queue = copy_of(life->queue, life->queue_count * sizeof(*life->queue));
	l->resets = copy_of(life->resets, life->reset_count * sizeof(*life->resets));
	l->errors = copy_of(life->errors, life->error_count * sizeof(*life->errors));
	return 0;
}

static inline int world_event(void *arg, const struct event *event)
{
	struct world *w = arg;

	w->events = grown(w->events, w->event_count++, sizeof(*w->events));
	w->events[w->event_count - 1] = *event;
	if (event->note)
		w->events[w->event_count - 1].note = strdup(event->note);
	return 0;
}

static inline int world_process(void *arg, const struct process *process)
{
	struct world *w = arg;

	w->processes = grown(w->processes, w->process_count++, sizeof(*w->processes));
	w->processes[w->process_count - 1] = *process;
	return 0;
}

static inline int world_trouble(void *arg, const struct life *life, const struct trouble *trouble)
{
	struct world *w = arg;

	(void)life;
	w->troubles = grown(w->troubles, w->trouble_count++, sizeof(*w->troubles));
	w->troubles[w->trouble_count - 1] = *trouble;
	return 0;
}

/* Gives it a copy that ends where the record does: the address sanitizer sees a read past it. Returns its time. */
static inline uint64_t feed(struct world *w, union record r)
{
	void *copy;

	r.h.ts = w->now += 10;
	if (r.h.kind == REC_CALL && !(r.h.flags & CALL_ENTERED)) /* so far it is the time of the entry, 0: 5 ns ago */
		r.call.dur = w->now - (r.call.dur ? r.call.dur : w->now - 5);
	copy = copy_of(&r, r.h.len);
	assert_int_equal(model_record(w->m, copy), 0);
	free(copy);
	return w->now;
}

static inline int world_new(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	const struct sink sink = {
		.event = world_event, .process = world_process, .life = world_life, .trouble = world_trouble, .arg = w
	};

	w->now = MONO;
	w->m = model_new(MONO, &sink);
	*state = w;
	feed(w, record_task(1, 1, FILES(1)));
	return 0;
}

static inline void finish(struct world *w)
{
	if (!w->finished)
		assert_int_equal(model_finish(w->m, w->now + 10), 0);
	w->finished = true;
}

static inline int world_free(void **state)
{
	struct world *w = *state;

	model_free(w->m);
	for (size_t i = 0; i < w->life_count; i++) {
		free(w->lives[i].states);
		free(w->lives[i].peers);
		free(w->lives[i].attempts);
		free(w->lives[i].descriptors);
		free(w->lives[i].flights);
		free(w->lives[i].queue);
		free(w->lives[i].resets);
		free(w->lives[i].errors);
	}
	for (size_t i = 0; i < w->event_count; i++)
		free((char *)w->events[i].note);
	free(w->lives);
	free(w->events);
	free(w->processes);
	free(w->troubles);
	free(w);
	return 0;
}

/* DID(w, connect, .sk = SK(1), .args = { 3 }): the return of a call of thread 1 on a native kernel, unless it says so. */
static inline union record call_of(int id, struct rec_call c)
{
	c.h.kind = REC_CALL;
	c.h.call = (uint8_t)id;
	c.h.len = sizeof(c);
	c.h.tid = c.h.tid ? c.h.tid : 1;
	return (union record){ .call = c };
}

#define DID(w, name, ...) feed(w, call_of(CALL_##name, (struct rec_call){ __VA_ARGS__ }))
#define ENTER(w, name, ...) DID(w, name, .h.flags = CALL_ENTERED, __VA_ARGS__)
/* TOLD(w, STATE, SK(1), .value = 3): a fact of the kernel's own, unless it says which thread's. */
static inline union record fact_of(enum fact_kind kind, uint64_t sk, struct rec_fact f)
{
	f.h.kind = REC_FACT;
	f.h.len = sizeof(f);
	f.fact = (__u16)kind;
	f.sk = sk;
	return (union record){ .fact = f };
}

#define TOLD(w, kind, sk, ...) feed(w, fact_of(FACT_##kind, sk, (struct rec_fact){ __VA_ARGS__ }))
/* By io_uring: DID(w, recvfrom, URING, .sk = SK(1), .dur = at), of a request submitted at `at`. */
#define URING_FLAGS (VIA_IO_URING << 12)
#define URING .h.flags = URING_FLAGS
#define RING 0xffff777000000000ull

/* In front of a call by io_uring: what a slot of the ring's names from then on, 0: nothing. */
static inline void slot_of(struct world *w, uint64_t at, int64_t slot, int n)
{
	TOLD(w, SLOT, n ? SK(n) : 0, .h.tid = 1, URING, .other = RING, .value = slot, .at = at);
}

/* A change of sk_state. */
#define CHANGED(w, n, from, to, ...) TOLD(w, STATE, SK(n), .value = TCP_##to | TCP_##from << 8, __VA_ARGS__)
/* What the kernel's socket says at a call's exit. */
#define TCP(state_, ...) .kstate = (state_), .view = VIEW_VALID __VA_ARGS__

/* The n-th socket, by the number fd. */
static inline void socket_of(struct world *w, int fd, int n, int family, int type)
{
	feed(w, record_sock(SK(n), (uint64_t)n, family, type & 0xf));
	DID(w, socket, .sk = SK(n), .ret = fd, .args = { (__u64)family, (__u64)type }, TCP(TCP_CLOSE));
}

static inline void tcp(struct world *w, int fd, int n)
{
	socket_of(w, fd, n, AF_INET, SOCK_STREAM);
}

static inline void close_by(struct world *w, uint32_t tid, int fd, int n)
{
	uint64_t at = ENTER(w, close, .h.tid = tid, .sk = SK(n), .args = { (__u64)fd });

	DID(w, close, .h.tid = tid, .sk = SK(n), .args = { (__u64)fd }, .dur = at);
}

static inline void close_of(struct world *w, int fd, int n)
{
	close_by(w, 1, fd, n);
}

/* A connect() by descriptor 3 to 127.0.0.1:80, entry and return. */
static inline void connect_of(struct world *w, int n, int err, __u8 kstate)
{
	union record r =
		call_of(CALL_connect, (struct rec_call){ .h.flags = CALL_ENTERED, .sk = SK(n), .args = { 3, 0, 16 } });

	record_addr(&r, inet(80));
	r.call.dur = feed(w, r);
	r.h.flags = 0;
	r.call.ret = -err;
	r.call.kstate = kstate;
	r.call.view = VIEW_VALID | VIEW_BOUND | VIEW_PEER;
	feed(w, r);
}

/* After finish(): the only life of this inode. */
static inline const struct life *life_of(struct world *w, uint64_t inode)
{
	const struct life *found = NULL;

	finish(w);
	for (size_t i = 0; i < w->life_count; i++)
		if (w->lives[i].inode == inode) {
			assert_null(found);
			found = &w->lives[i];
		}
	assert_non_null(found);
	return found;
}

static inline const struct event *event_last(const struct world *w)
{
	return &w->events[w->event_count - 1];
}

static inline void assert_states(const struct life *l, const enum state *states, size_t count)
{
	assert_int_equal(l->state_count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(l->states[i].state, states[i]);
		if (i)
			assert_int_equal(l->states[i].from, l->states[i - 1].to);
	}
}
#define STATES_ARE(l, ...) \
	assert_states(l, (const enum state[]){ __VA_ARGS__ }, \
		      sizeof((const enum state[]){ __VA_ARGS__ }) / sizeof(enum state))

static inline void assert_descriptor(const struct life *l, size_t i, int64_t process, int fd, enum how how,
				     enum end_by end)
{
	assert_true(i < l->descriptor_count);
	assert_int_equal(l->descriptors[i].process, process);
	assert_int_equal(l->descriptors[i].fd, fd);
	assert_int_equal(l->descriptors[i].how, how);
	assert_int_equal(l->descriptors[i].end, end);
	assert_int_equal(l->descriptors[i].to == OPEN, end == BY_OPEN);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, world_new, world_free)

#endif
