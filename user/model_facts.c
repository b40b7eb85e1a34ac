// SPDX-License-Identifier: GPL-2.0-only
/* What no call's record says, each fact handed to those whose it is, and the states that the kernel tells of by itself. */
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>

#include "model_internal.h"
#include "model_slots.h"
#include "model_snapshot.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IN(state) (1u << TCP_##state)
#define RESET_LATE_NS \
	100000000 /* close() sends a reset after it has told of TCP_CLOSE: tcp_close(), tcp_disconnect() */

struct change { /* of sk_state */
	unsigned int from, to;
	int err; /* sk_err then */
};

struct sock *fact_sock(struct model *m, uint64_t sk)
{
	struct sock *s = sock_find(m, sk);

	if (!s || !s->life.known || s->state == STATE_NONE)
		return NULL;
	if (s->state != STATE_CLOSED)
		return s;
	return is_tcp(&s->life) && (s->ended == OPEN || m->now <= s->ended + RESET_LATE_NS) ? s : NULL;
}

static const char *change_name(const struct change *c)
{
	static const char *const names[] = {
		[TCP_ESTABLISHED] = "TCP_ESTABLISHED",
		[TCP_SYN_SENT] = "TCP_SYN_SENT",
		[TCP_SYN_RECV] = "TCP_SYN_RECV",
		[TCP_FIN_WAIT1] = "TCP_FIN_WAIT1",
		[TCP_FIN_WAIT2] = "TCP_FIN_WAIT2",
		[TCP_TIME_WAIT] = "TCP_TIME_WAIT",
		[TCP_CLOSE] = "TCP_CLOSE",
		[TCP_CLOSE_WAIT] = "TCP_CLOSE_WAIT",
		[TCP_LAST_ACK] = "TCP_LAST_ACK",
		[TCP_LISTEN] = "TCP_LISTEN",
		[TCP_CLOSING] = "TCP_CLOSING",
	};
	const char *error = c->to == TCP_CLOSE && c->err ? strerrorname_np(c->err) : NULL;

	return error ? error : names[c->to];
}

/*
 * Is it what the other end or the network did (RFC 9293, 3.3.2), in whatever thread that is handled? sk_err is set before
 * (tcp_reset(), tcp_write_err()), but not by a program that disconnects its socket (tcp_disconnect()).
 */
static bool change_came(const struct change *c)
{
	static const unsigned int froms[] = {
		[TCP_ESTABLISHED] = IN(SYN_SENT) | IN(SYN_RECV),
		[TCP_FIN_WAIT2] = IN(FIN_WAIT1),
		[TCP_CLOSE_WAIT] = IN(SYN_RECV) | IN(ESTABLISHED),
		[TCP_CLOSING] = IN(FIN_WAIT1),
		[TCP_TIME_WAIT] = IN(FIN_WAIT1) | IN(FIN_WAIT2) | IN(CLOSING),
		[TCP_CLOSE] = IN(FIN_WAIT1) | IN(FIN_WAIT2) | IN(CLOSING) | IN(LAST_ACK) | IN(TIME_WAIT),
	};

	return (c->to == TCP_CLOSE && c->err) || (c->to < COUNT(froms) && froms[c->to] >> c->from & 1);
}

/* Changes that a call makes and can't take back: shutdown(), connect(), a Fast Open send. */
static bool change_holds(const struct change *c)
{
	return (c->from == TCP_ESTABLISHED && c->to == TCP_FIN_WAIT1) ||
	       (c->from == TCP_CLOSE_WAIT && c->to == TCP_LAST_ACK) || (c->from == TCP_CLOSE && c->to == TCP_SYN_SENT);
}

enum { CAUSE_KERNEL, CAUSE_LATER = -1 }; /* no event; the return of the call that made the change tells of it */

/* The event that the change is due to, or one of the two above. */
static int64_t change_cause(struct model *m, const struct sock *s, const struct rec_fact *r, const struct change *c)
{
	struct thread *th = thread_of(m, &r->h, r->at);
	bool disconnects = th && th->entered == r->at && th->entered_socket; /* connect(AF_UNSPEC) */

	if (change_came(c)) {
		if (s->state == STATE_CONNECTING)
			return s->connecting;
		return disconnects && !c->err ? CAUSE_LATER : CAUSE_KERNEL;
	}
	if (!th)
		return CAUSE_KERNEL;
	return change_holds(c) ? event_ahead(m, th, r->at) : CAUSE_LATER;
}

static void change_apply(struct model *m, struct sock *s, const struct rec_fact *r, const struct change *c)
{
	enum fact fact = lifecycle_fact(&s->view);
	int64_t cause = change_cause(m, s, r, c);

	if (cause == CAUSE_LATER)
		return;
	if (cause == CAUSE_KERNEL)
		sock_apply_fact(m, s, VERB_TOLD, fact, change_name(c));
	else
		sock_apply(m, s, VERB_TOLD, OUTCOME_OK, fact, cause);
	if (c->to == TCP_ESTABLISHED)
		attempt_over(m, s, 0);
	else if (s->state == STATE_FAILED && c->err)
		attempt_over(m, s, c->err);
}

/* What a connection leaves when it ends is there to be read until the socket is closed. */
static void change_ends(struct model *m, struct sock *s, const struct rec_fact *r, const struct change *c)
{
	int32_t unread = (int32_t)(r->other >> 32), unsent = (int32_t)r->other; /* differences of sequence numbers */

	s->ended = OPEN;
	if (c->to != TCP_CLOSE)
		return;
	s->ended = m->now;
	s->came = unread < 0 ? -1 : (int64_t)s->life.received + unread;
	s->unsent = unsent < 0 ? -1 : unsent;
	if (s->state == STATE_CLOSED)
		trouble_closed(m, s);
}

/* Nobody knew of it yet when it began to connect, by a request that was linked to the one that made it. */
static void change_began(struct model *m, struct sock *s, const struct change *c)
{
	if (c->from != TCP_SYN_SENT || !change_came(c) || s->state == STATE_CONNECTING)
		return;
	s->view.state = TCP_SYN_SENT;
	sock_apply_fact(m, s, VERB_TOLD, lifecycle_fact(&s->view), "TCP_SYN_SENT");
}

static void change_told(struct model *m, struct sock *s, const struct rec_fact *r, const struct change *c)
{
	/* Another's, at its address: this one's connection has ended, or it never had one. */
	if (s->state == STATE_CLOSED && (s->ended != OPEN || s->view.state == TCP_CLOSE))
		return;
	s->left = c->from == TCP_LISTEN ? 0 : c->from; /* it may listen again */
	s->view.valid = true;
	change_began(m, s, c);
	s->view.state = c->to;
	s->view.shutdown = r->value >> 16 & 3;
	change_ends(m, s, r, c);
	if (s->state == STATE_CLOSED)
		return;
	if (c->to == TCP_ESTABLISHED)
		peers_numbered(m, s, r->other);
	change_apply(m, s, r, c);
}

static void state_told(struct model *m, const struct rec_fact *r)
{
	struct sock *s = sock_find(m, r->sk);
	const struct change c = { .from = r->value >> 8 & 0xff, .to = r->value & 0xff, .err = (int)r->extra };

	if (!c.from || c.from > TCP_CLOSING || !c.to || c.to > TCP_CLOSING || c.from == c.to)
		return;
	/* A child that nobody has accepted yet; a Fast Open one can be accepted before it is established. */
	if (c.from == TCP_SYN_RECV && c.to == TCP_ESTABLISHED && (!s || s->state == STATE_CLOSED))
		queue_arrived(m, r->sk, r->other);
	else if (s && is_tcp(&s->life))
		change_told(m, s, r, &c);
}

void connect_returned(struct sock *s, const struct call *c, int64_t event)
{
	struct state_span *span;

	if (!s->connecting || s->connecting != event)
		return;
	s->connecting = 0;
	if (c->outcome != OUTCOME_PENDING && c->outcome != OUTCOME_INTERRUPTED)
		return;
	/* It did not wait for it: that the kernel was done in the meantime is chance. */
	for (size_t i = s->life.state_count; i--;) {
		span = &s->life.states[i];
		if (span->state == STATE_CONNECTING)
			return;
		if (span->cause == event)
			*span = (struct state_span){ span->state, span->from, span->to, 0, attempt_fact(s) };
	}
}

static void polled_told(struct model *m, const struct rec_fact *r)
{
	struct sock *s = fact_sock(m, r->sk);

	if (s)
		attempt_polled(m, s);
}

void fact_told(struct model *m, const struct rec_fact *r)
{
	static void (*const told[])(struct model * m, const struct rec_fact *r) = {
		[FACT_STATE] = state_told,     [FACT_QUEUE] = queue_told,    [FACT_RETRANSMIT] = trouble_told,
		[FACT_RESET] = trouble_told,   [FACT_ERROR] = trouble_told,  [FACT_DROP] = trouble_told,
		[FACT_POLLED] = polled_told,   [FACT_LENGTH] = message_told, [FACT_SEGMENTS] = message_told,
		[FACT_UNREAD] = trouble_told,  [FACT_PASSED] = flight_told,  [FACT_TAKEN] = flight_told,
		[FACT_ARRIVED] = arrival_told, [FACT_SLOT] = slot_told,      [FACT_HELD] = held_told,
		[FACT_FOUND] = found_told,     [FACT_PIDS] = pids_told,
	};

	struct rec_fact f = *r;

	if (f.at && f.at < m->mono && CALL_VIA(f.h.flags) != VIA_IO_URING) /* as call_record() has it */
		f.at = m->mono;
	if (f.fact < COUNT(told) && told[f.fact])
		told[f.fact](m, &f);
}
