// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors in flight: sent in a message (SCM_RIGHTS, unix(7)) and not received yet. The message waits in the queue of the
 * other end: it is received there, or discarded by a receive without room for descriptors, or goes with that socket.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <utlist.h>

#include "model_snapshot.h"

#define ASTRAY_MAX 4096 /* messages kept in mind that nobody in the trace can receive */

struct right { /* what a fact says that the call has done which is about to return */
	bool taken; /* else passed */
	uint64_t sk, on; /* the socket, and the one that the message went through */
	uint64_t to; /* a datagram: whom it reached, 0: not known */
	int fd;
};

struct queue { /* of messages to one socket that hold descriptors */
	uint64_t to; /* key, 0: not known */
	struct flying *oldest;
	UT_hash_handle hh;
};

struct flying {
	struct flying *prev, *next; /* in its queue */
	struct flying *astray_prev, *astray_next;
	bool astray;
	uint64_t sk;
	int64_t socket; /* its id */
	size_t flight; /* number, in its life */
	struct queue *in;
	bool placed; /* so much went to that socket before the message: as in struct sock, moved_out */
	uint64_t place;
};

void flight_told(struct model *m, const struct rec_fact *r)
{
	struct thread *th = thread_of(m, &r->h, r->at);
	struct right *right;

	if (!th)
		return;
	if (th->rights_at != r->at)
		th->right_count = 0;
	th->rights_at = r->at;
	right = GROW(m, th->rights, th->right_count);
	if (right)
		*right = (struct right){ .taken = r->fact == FACT_TAKEN,
					 .sk = r->sk,
					 .on = r->other,
					 .to = th->reached,
					 .fd = (int)r->value };
}

/* All that it sent or received was seen, and a datagram socket's messages were all of one other's. */
static bool counted(const struct model *m, const struct sock *s)
{
	const struct life *l = &s->life;

	if (l->uncertain || s->state == STATE_NONE || (l->type < 16 && m->unix_partial >> l->type & 1))
		return false;
	return l->origin == ORIGIN_SOCKETPAIR ||
	       (lifecycle_kind(l->type) == KIND_STREAM && (l->origin == ORIGIN_SOCKET || l->origin == ORIGIN_ACCEPT));
}

static struct flying *queue_oldest(struct model *m, uint64_t to)
{
	struct queue *q;

	HASH_FIND(hh, m->queues, &to, sizeof(to), q);
	return q ? q->oldest : NULL;
}

static bool queue_put(struct model *m, uint64_t to, struct flying *f)
{
	struct queue *q;

	HASH_FIND(hh, m->queues, &to, sizeof(to), q);
	if (!q) {
		q = model_alloc(m, sizeof(*q));
		if (!q)
			return false;
		q->to = to;
		HASH_ADD(hh, m->queues, to, sizeof(q->to), q);
	}
	f->in = q;
	DL_APPEND(q->oldest, f);
	return true;
}

/* Can nobody in the trace receive it, as far as is known? */
static bool is_astray(struct model *m, const struct flying *f)
{
	const struct sock *to = sock_find(m, f->in->to);

	return !to || !to->aliases;
}

static void astray_add(struct model *m, struct flying *f)
{
	if (f->astray)
		return;
	f->astray = true;
	DL_APPEND2(m->astray, f, astray_prev, astray_next);
	m->astray_count++;
}

static void astray_remove(struct model *m, struct flying *f)
{
	if (!f->astray)
		return;
	f->astray = false;
	DL_DELETE2(m->astray, f, astray_prev, astray_next);
	m->astray_count--;
}

static void flying_free(struct model *m, struct flying *f)
{
	struct queue *q = f->in;

	astray_remove(m, f);
	DL_DELETE(q->oldest, f);
	free(f);
	if (q->oldest)
		return;
	HASH_DEL(m->queues, q);
	free(q);
}

/* The end of a flight, by a receive or by none. Its socket if nothing holds that any more. */
static struct sock *flight_over(struct model *m, struct flying *f, int64_t received)
{
	struct sock *s = sock_find(m, f->sk);
	struct flight *flight;

	if (s && s->life.id == f->socket) {
		flight = flight_find(&s->life, f->flight);
		flight->to = m->now;
		flight->received = received;
		s->in_flight--;
	} else {
		s = NULL; /* its end was not seen, and its address is another's */
	}
	flying_free(m, f);
	return s && !s->aliases && !s->in_flight && s->state != STATE_CLOSED ? s : NULL;
}

static enum end_by last_end(const struct life *l)
{
	const struct descriptor *last = NULL;

	for (size_t i = 0; i < l->descriptor_count; i++)
		if (!last || l->descriptors[i].to >= last->to)
			last = &l->descriptors[i];
	return last ? last->end : BY_CLOSE;
}

/* No recursion: what a message holds may hold messages. */
void sock_released(struct model *m, struct sock *first, enum end_by by)
{
	struct sock *last = first, *lost;
	struct flying *f, *next;
	int64_t cause = first->closing;

	first->lost_next = NULL;
	for (struct sock *s = first; s; s = s->lost_next) {
		s->closing = cause;
		sock_closed(m, s, by);
		s->closing = 0;
		if (s != first)
			s->life.closed_by = last_end(&s->life);
		for (f = queue_oldest(m, s->sk); f; f = next) {
			next = f->next;
			lost = flight_over(m, f, 0);
			if (!lost)
				continue;
			lost->lost_next = NULL;
			last = last->lost_next = lost;
		}
	}
}

static void flight_discarded(struct model *m, struct flying *f, int64_t event)
{
	struct sock *s = flight_over(m, f, 0);

	if (!s)
		return;
	s->closing = event;
	sock_released(m, s, last_end(&s->life));
}

/* The receive returned before the send did. */
static bool flight_joined(struct model *m, struct life *l, const struct call *c, int64_t event)
{
	const int64_t enter = model_time(m, c->enter);
	size_t i = l->flight_count;

	while (i && (l->flights[i - 1].from >= enter || l->flights[i - 1].to >= enter))
		i--;
	for (; i < l->flight_count; i++) {
		struct flight *f = &l->flights[i];

		if (f->sent || f->from != OPEN)
			continue;
		f->from = enter;
		f->sent = event;
		return true;
	}
	return false;
}

/* A stream carries no message without bytes: net/unix/af_unix.c:unix_stream_sendmsg(). */
static void right_passed(struct model *m, struct thread *th, const struct call *c, const struct sock *on,
			 const struct right *r, int64_t event)
{
	struct sock *s = sock_get(m, r->sk);
	struct flight *flight;
	struct flying *f;

	if (!s || !on || on->life.family != AF_UNIX || (on->life.type == SOCK_STREAM && !c->bytes))
		return;
	sock_used(m, th, c, number_of(th, r->fd), s);
	if (flight_joined(m, &s->life, c, event))
		return;
	if (s->state == STATE_CLOSED) /* by another thread, but the message has it */
		sock_reopened(m, s);
	f = model_alloc(m, sizeof(*f));
	if (!f || !queue_put(m, c->has_addr && on->life.type == SOCK_DGRAM ? r->to : on->peer_sk, f)) {
		free(f);
		return;
	}
	flight = history_grow(m, &s->life, HISTORY_FLIGHTS);
	if (!flight) {
		flying_free(m, f);
		return;
	}
	*flight = (struct flight){ .number = flight->number, .from = m->now, .to = OPEN, .sent = event };
	f->sk = s->sk;
	f->socket = s->life.id;
	f->flight = flight->number;
	f->placed = counted(m, on) && !c->has_addr && c->messages == 1;
	f->place = on->moved_out;
	s->in_flight++;
	if (is_astray(m, f))
		astray_add(m, f);
}

/* The oldest that is in the queue of `on`, or may be. */
static struct flying *flight_of(struct model *m, const struct sock *s, uint64_t on)
{
	const uint64_t queues[] = { on, 0 };
	struct flying *f;

	for (size_t i = 0; i < 2; i++)
		for (f = queue_oldest(m, queues[i]); f; f = f->next)
			if (f->socket == s->life.id)
				return f;
	return NULL;
}

/* recv(2): MSG_PEEK makes a descriptor too, and leaves the message where it is. */
static void right_taken(struct model *m, struct thread *th, const struct call *c, const struct right *r, int64_t event)
{
	struct sock *s = sock_get(m, r->sk);
	struct flying *f = s ? flight_of(m, s, r->on) : NULL;
	struct alias *a = held_undone(m, number_of(th, r->fd), r->sk);
	uint64_t flags = call_msg_flags(c);
	struct flight *flight;

	if (!s || (!f && a && a->sock == s)) /* another thread closed what came, and its number is used again */
		return;
	s->in_flight++; /* until it has its descriptor: that may take the number of the socket that the message came through */
	if (f && !(flags & MSG_PEEK))
		flight_over(m, f, event);
	sock_received(m, th, c, s, r->fd, HOW_SCM_RIGHTS, flags & MSG_CMSG_CLOEXEC);
	s->in_flight--;
	if (f || flags & MSG_PEEK)
		return;
	flight = history_grow(m, &s->life, HISTORY_FLIGHTS);
	if (flight)
		*flight = (struct flight){ .number = flight->number, .from = OPEN, .to = m->now, .received = event };
}

/*
 * What stood in the queue of s before what it has received by now, and was not taken, is discarded. Of recvmmsg() is not told
 * what it took.
 */
static void flights_passed_by(struct model *m, struct sock *s, const struct call *c, int64_t event)
{
	struct flying *f, *next;

	for (f = queue_oldest(m, s->sk); f; f = next) {
		next = f->next;
		if (!f->placed || !counted(m, s) || s->moved_in <= f->place)
			continue;
		if (c->row->mem == MEM_MMSG_OUT) {
			f->placed = false;
			continue;
		}
		flight_discarded(m, f, event);
		next = queue_oldest(m, s->sk); /* with it others may have gone */
	}
}

/*
 * Where the place is not known, the message that was received tells by who sent it, or the kernel that it had to cut control
 * data (MSG_CTRUNC, recv(2)): then that of the oldest message.
 */
static void flights_cut(struct model *m, struct sock *s, const struct call *c, const struct event *e)
{
	bool cut = c->has_msg && c->msg_flags & MSG_CTRUNC;
	struct flying *f, *next;
	int64_t sent = e->sent;

	for (f = queue_oldest(m, s->sk); f && (cut || sent); f = next) {
		const struct sock *in = sock_find(m, f->sk);
		int64_t by = in && in->life.id == f->socket ? flight_find(&in->life, f->flight)->sent : 0;

		next = f->next;
		if (!by || (f->placed && counted(m, s)))
			continue;
		if (!sent)
			sent = by;
		if (sent != by)
			continue;
		flight_discarded(m, f, e->id);
		next = queue_oldest(m, s->sk);
	}
}

void flights_moved(struct model *m, struct thread *th, const struct call *c, struct sock *s, const struct event *e)
{
	size_t count = told_with(c, th->rights_at) ? th->right_count : 0;
	bool taken = false, passed = false;
	struct sock *to;

	for (size_t i = 0; i < count && !m->err; i++) {
		const struct right *r = &th->rights[i];

		if (r->taken)
			right_taken(m, th, c, r, e->id);
		else if (!c->err && !c->open)
			right_passed(m, th, c, s, r, e->id);
		taken |= r->taken;
		passed |= !r->taken;
	}
	th->right_count = 0;
	if (!s || s->life.family != AF_UNIX || !c->messages || call_msg_flags(c) & (MSG_PEEK | MSG_ERRQUEUE))
		return;
	unix_counted(s, c);
	to = c->verb == VERB_RECV ? s : passed ? sock_find(m, s->peer_sk) : NULL;
	if (to)
		flights_passed_by(m, to, c, e->id);
	if (c->verb == VERB_RECV && !taken && c->row->mem != MEM_MMSG_OUT)
		flights_cut(m, s, c, e);
}

/* Nobody holds it any more who could be seen to: its end is not known. */
static void sock_forget(struct model *m, struct sock *s)
{
	for (struct flying *f = queue_oldest(m, s->sk); f; f = f->next)
		astray_add(m, f);
	sock_retire(m, s);
}

/* What goes on being in flight, for all that is known: its `to` stays open. */
static void flight_forget(struct model *m, struct flying *f)
{
	struct sock *s = sock_find(m, f->sk);
	struct flight *flight = s && s->life.id == f->socket ? flight_find(&s->life, f->flight) : NULL;

	flying_free(m, f);
	if (!flight)
		return;
	flight->forgotten = s->life.uncertain = true;
	if (!--s->in_flight && !s->aliases && s->state != STATE_CLOSED)
		sock_forget(m, s);
}

void flights_trim(struct model *m)
{
	while (m->astray_count > ASTRAY_MAX) {
		struct flying *f = m->astray;

		if (is_astray(m, f))
			flight_forget(m, f);
		else
			astray_remove(m, f);
	}
}

void flights_free(struct model *m)
{
	while (m->queues)
		flying_free(m, m->queues->oldest);
}
