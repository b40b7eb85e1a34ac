// SPDX-License-Identifier: GPL-2.0-only
/*
 * Connection attempts: begun by a connect() that starts one, ended by what the kernel and the program's later calls say
 * (connect(2)).
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "model_histories.h"

static struct attempt *attempt_last(struct sock *s)
{
	return s->in_attempt ? &s->life.attempts[s->life.attempt_count - 1] : NULL;
}

void attempt_begin(struct model *m, struct sock *s, const struct call *c)
{
	struct attempt *a = history_grow(m, &s->life, HISTORY_ATTEMPTS);

	if (!a)
		return;
	*a = (struct attempt){ .from = c->late ? 0 : m->now, .to = OPEN, .learned_t = OPEN };
	if (c->has_addr)
		a->peer = c->addr;
	s->in_attempt = true;
}

/* What became of it and when the program learned that are two things: the attempt is at hand until both are known. */
static void attempt_end(struct model *m, struct sock *s, int outcome, int error, enum learned how)
{
	struct attempt *a = attempt_last(s);

	if (a->outcome == ATTEMPT_OPEN) {
		a->to = m->now;
		a->outcome = outcome;
		a->error = error;
	}
	if (how == LEARNED_NOT)
		return;
	a->learned = how;
	a->learned_t = m->now;
	s->in_attempt = false;
}

/* getsockopt(SO_ERROR): the pending error, which it clears; 0 when there is none. */
static bool reads_so_error(const struct call *c)
{
	return c->row->mem == MEM_OPT_OUT && (int)c->args[1] == SOL_SOCKET && (int)c->args[2] == SO_ERROR && !c->err &&
	       c->opt_len >= sizeof(int);
}

/* A return that says nothing of what became of it: the state may. A unix socket's that is interrupted is over. */
static void attempt_left(struct model *m, struct sock *s, const struct call *c, enum learned how)
{
	if (s->state == STATE_CONNECTING || attempt_last(s)->outcome != ATTEMPT_OPEN)
		return;
	if (s->state != STATE_FAILED)
		attempt_end(m, s, ATTEMPT_CONNECTED, 0, LEARNED_NOT);
	else if (c->outcome == OUTCOME_INTERRUPTED)
		attempt_end(m, s, ATTEMPT_INTERRUPTED, 0, how);
}

static void attempt_returned(struct model *m, struct sock *s, const struct call *c)
{
	struct attempt *a = attempt_last(s);
	enum learned how = a->did_return ? LEARNED_CONNECT : LEARNED_RETURN;

	if (!a->did_return)
		a->returned = c->err;
	a->did_return = true;
	if (c->outcome == OUTCOME_OK || c->err == EISCONN)
		attempt_end(m, s, ATTEMPT_CONNECTED, 0, how);
	else if (c->outcome == OUTCOME_PENDING || c->outcome == OUTCOME_INTERRUPTED)
		attempt_left(m, s, c, how);
	else if (s->state != STATE_CONNECTING)
		attempt_end(m, s, ATTEMPT_ERROR, c->err, how);
}

void attempt_heard(struct model *m, struct sock *s, const struct call *c)
{
	bool moves = (c->verb == VERB_SEND || c->verb == VERB_RECV) && c->outcome != OUTCOME_AGAIN &&
		     c->outcome != OUTCOME_INTERRUPTED && !c->open;
	int error = 0;

	if (!s->in_attempt)
		return;
	if (c->verb == VERB_CONNECT && !c->open) {
		attempt_returned(m, s, c);
		return;
	}
	if (s->state == STATE_CREATED || s->state == STATE_BOUND || s->state == STATE_LISTENING) { /* AF_UNSPEC */
		attempt_end(m, s, ATTEMPT_ABANDONED, 0, LEARNED_NOT);
		s->in_attempt = false;
		return;
	}
	if (reads_so_error(c))
		memcpy(&error, c->opt, sizeof(error));
	if (error)
		attempt_end(m, s, ATTEMPT_ERROR, error, LEARNED_SO_ERROR);
	else if (s->state == STATE_FAILED && moves && c->err)
		attempt_end(m, s, ATTEMPT_ERROR, c->err, LEARNED_IO);
	else if (s->state == STATE_CONNECTING || s->state == STATE_FAILED)
		return;
	else
		attempt_end(m, s, ATTEMPT_CONNECTED, 0,
			    reads_so_error(c) ? LEARNED_SO_ERROR
			    : moves           ? LEARNED_IO
					      : LEARNED_NOT);
}

void attempt_over(struct model *m, struct sock *s, int error)
{
	if (s->in_attempt)
		attempt_end(m, s, error ? ATTEMPT_ERROR : ATTEMPT_CONNECTED, error, LEARNED_NOT);
}

const char *attempt_fact(const struct sock *s)
{
	const struct attempt *a = s->life.attempt_count ? &s->life.attempts[s->life.attempt_count - 1] : NULL;
	const char *error = a && a->outcome == ATTEMPT_ERROR ? strerrorname_np(a->error) : NULL;

	return error ? error : "TCP_ESTABLISHED";
}

/* What became of it is the kernel's to say: events alone do not tell an error from another. */
void attempt_polled(struct model *m, struct sock *s)
{
	if (s->in_attempt && attempt_last(s)->outcome != ATTEMPT_OPEN)
		attempt_end(m, s, attempt_last(s)->outcome, attempt_last(s)->error, LEARNED_POLL);
}

/* Its connect() ended with a signal, and nothing was heard after it. ERESTARTSYS and its kind are above 511. */
static bool attempt_interrupted(struct sock *s)
{
	const struct attempt *a = attempt_last(s);

	return a->did_return && (a->returned == EINTR || a->returned > 511);
}

/* The program that gave it up after a signal is told from one that the signal killed. */
void attempt_closed(struct model *m, struct sock *s, enum end_by by)
{
	bool interrupted = s->in_attempt && attempt_interrupted(s) && by != BY_EXIT;

	if (s->in_attempt)
		attempt_end(m, s, interrupted ? ATTEMPT_INTERRUPTED : ATTEMPT_ABANDONED, 0, LEARNED_NOT);
	s->in_attempt = false;
}

void attempt_reopened(struct sock *s)
{
	struct attempt *a = s->life.attempt_count ? &s->life.attempts[s->life.attempt_count - 1] : NULL;

	if (!a || a->to != s->life.closed || (a->outcome != ATTEMPT_ABANDONED && a->outcome != ATTEMPT_INTERRUPTED))
		return;
	a->to = OPEN;
	a->outcome = ATTEMPT_OPEN;
	s->in_attempt = true;
}
