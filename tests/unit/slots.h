/* SPDX-License-Identifier: GPL-2.0-only */
/* Direct descriptors of the ring RING, made and closed by io_uring. */
#ifndef SOCKLIFE_TEST_SLOTS_H
#define SOCKLIFE_TEST_SLOTS_H

#include "world.h"

#define MADE URING_FLAGS | CALL_MADE_DIRECT
#define ON URING_FLAGS | CALL_DIRECT

static inline void assert_slot(const struct life *l, size_t i, int slot, enum how how, enum end_by end)
{
	assert_descriptor(l, i, 1, slot, how, end);
	assert_true(l->descriptors[i].direct);
}

static inline void assert_number(const struct life *l, size_t i, int fd, enum how how, enum end_by end)
{
	assert_descriptor(l, i, 1, fd, how, end);
	assert_false(l->descriptors[i].direct);
}

/* socket() into a slot; the return says nothing of which. */
static inline void born(struct world *w, int slot, int n)
{
	uint64_t at = w->now + 1;

	feed(w, record_sock(SK(n), (uint64_t)n, AF_INET, SOCK_STREAM));
	slot_of(w, at, slot, n);
	DID(w, socket, .h.flags = MADE, .sk = SK(n), .args = { AF_INET, SOCK_STREAM }, .dur = at, TCP(TCP_CLOSE));
}

static inline void closed(struct world *w, int slot, int n)
{
	uint64_t at = w->now + 1;

	slot_of(w, at, slot, 0);
	DID(w, close, .h.flags = ON, .sk = n ? SK(n) : 0, .dur = at);
}

#endif
