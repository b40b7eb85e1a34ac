/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls by io_uring on the first socket, by descriptor 3, and on others. */
#ifndef SOCKLIFE_TEST_REQUESTS_H
#define SOCKLIFE_TEST_REQUESTS_H

#include "world.h"

/* Of the n-th socket, by descriptor 2 + n. */
static inline void connects(struct world *w, int n, unsigned int bits, struct rec_call c)
{
	union record r;

	c.h.flags = (__u16)(URING_FLAGS | bits);
	c.sk = SK(n);
	c.args[0] = (__u64)(2 + n);
	c.args[2] = 16;
	r = call_of(CALL_connect, c);
	record_addr(&r, inet(80));
	feed(w, r);
}

#define CONNECT(w, n, bits, ...) connects(w, n, bits, (struct rec_call){ __VA_ARGS__ })

static inline void connected(struct world *w)
{
	tcp(w, 3, 1);
	connect_of(w, 1, 0, TCP_ESTABLISHED);
}

static inline void assert_state(const struct life *l, size_t i, enum state state, int64_t cause, const char *fact)
{
	assert_true(i < l->state_count);
	assert_int_equal(l->states[i].state, state);
	assert_int_equal(l->states[i].cause, cause);
	if (fact)
		assert_string_equal(l->states[i].fact, fact);
	else
		assert_null(l->states[i].fact);
}

#endif
