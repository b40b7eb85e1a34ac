// SPDX-License-Identifier: GPL-2.0-only
/*
 * Descriptors in flight: sent in a message (SCM_RIGHTS, unix(7)) and not received yet. The message waits in the queue of the
 * other end: it is received there, or discarded by a receive without room for descriptors, or goes with that socket.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <utlist.h>

#include "model_internal.h"

struct right { /* what a fact says that the call has done which is about to return */
	bool taken; /* else passed */
	uint64_t sk, on; /* the socket, and the one that the message went through */
	uint64_t to; /* a datagram: whom it reached, 0: not known */
	int fd;
};

struct flying {
	struct flying *prev, *next;
	uint64_t sk;
	int socket; /* its id */
	size_t flight; /* which of its life */
	uint64_t to; /* the socket whose queue it is in, 0: not known */
	bool placed; /* so much went to that socket before the message: as in struct sock, moved_out */
	uint64_t place;
};

void flight_told(struct model *m, const struct rec_fact *r)
{
	struct thread *th = r->h.tid ? thread_get(m, r->h.tid) : NULL;
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
static bool counted(const struct sock *s)
{
	const struct life *l = &s->life;

	if (l->uncertain || s->state == STATE_NONE)
		return false;
	return l->origin == ORIGIN_SOCKETPAIR ||
	       (lifecycle_kind(l->type) == KIND_STREAM && (l->origin == ORIGIN_SOCKET || l->origin == ORIGIN_ACCEPT));
}

/* The end of a flight, by a receive or by none. Its socket if nothing holds that any more. */
static struct sock *flight_over(struct model *m, struct flying *f, int received)
{
	struct sock *s = sock_find(m, f->sk);
	struct flight *flight;

	if (s && s->life.id == f->socket) {
		flight = &s->life.flights[f->flight];
		flight->to = m->now;
		flight->received = received;
		s->in_flight--;
	} else {
		s = NULL; /* its end was not seen, and its address is another's */
	}
	DL_DELETE(m->flying, f);
	free(f);
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
	int cause = first->closing;

	first->lost_next = NULL;
	for (struct sock *s = first; s; s = s->lost_next) {
		s->closing = cause;
		sock_closed(m, s, by);
		s->closing = 0;
		if (s != first)
			s->life.closed_by = last_end(&s->life);
		for (f = m->flying; f; f = next) {
			next = f->next;
			lost = f->to == s->sk ? flight_over(m, f, 0) : NULL;
			if (!lost)
				continue;
			lost->lost_next = NULL;
			last = last->lost_next = lost;
		}
	}
}

static void flight_discarded(struct model *m, struct flying *f, int event)
{
	struct sock *s = flight_over(m, f, 0);

	if (!s)
		return;
	s->closing = event;
	sock_released(m, s, last_end(&s->life));
}

/* The receive returned before the send did. */
static bool flight_joined(struct model *m, struct life *l, const struct call *c, int event)
{
	for (size_t i = 0; i < l->flight_count; i++) {
		struct flight *f = &l->flights[i];

		if (f->sent || f->from != OPEN || f->to < model_time(m, c->enter))
			continue;
		f->from = model_time(m, c->enter);
		f->sent = event;
		return true;
	}
	return false;
}

/* A stream carries no message without bytes: net/unix/af_unix.c:unix_stream_sendmsg(). */
static void right_passed(struct model *m, struct thread *th, const struct call *c, const struct sock *on,
			 const struct right *r, int event)
{
	struct sock *s = sock_get(m, r->sk);
	struct flight *flight;
	struct flying *f;

	if (!s || !on || on->life.family != AF_UNIX || (on->life.type == SOCK_STREAM && !c->bytes))
		return;
	sock_used(m, th, c, r->fd, s);
	if (flight_joined(m, &s->life, c, event))
		return;
	if (s->state == STATE_CLOSED) /* by another thread, but the message has it */
		sock_reopened(s);
	f = model_alloc(m, sizeof(*f));
	flight = f ? GROW(m, s->life.flights, s->life.flight_count) : NULL;
	if (!flight) {
		free(f);
		return;
	}
	*flight = (struct flight){ .from = m->now, .to = OPEN, .sent = event };
	f->sk = s->sk;
	f->socket = s->life.id;
	f->flight = s->life.flight_count - 1;
	f->to = c->has_addr && on->life.type == SOCK_DGRAM ? r->to : on->peer_sk;
	f->placed = counted(on) && !c->has_addr && c->messages == 1;
	f->place = on->moved_out;
	DL_APPEND(m->flying, f);
	s->in_flight++;
}

/* The oldest that is in the queue of `on`, or may be. */
static struct flying *flight_of(struct model *m, const struct sock *s, uint64_t on)
{
	struct flying *f, *found = NULL;

	for (f = m->flying; f; f = f->next) {
		if (f->socket != s->life.id || (f->to && f->to != on))
			continue;
		if (f->to)
			return f;
		if (!found)
			found = f;
	}
	return found;
}

/* recv(2): MSG_PEEK makes a descriptor too, and leaves the message where it is. */
static void right_taken(struct model *m, struct thread *th, const struct call *c, const struct right *r, int event)
{
	struct sock *s = sock_get(m, r->sk);
	struct flying *f = s ? flight_of(m, s, r->on) : NULL;
	struct alias *a = alias_find(th->table, r->fd);
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
	flight = GROW(m, s->life.flights, s->life.flight_count);
	if (flight)
		*flight = (struct flight){ .from = OPEN, .to = m->now, .received = event };
}

/*
 * What stood in the queue of s before what it has received by now, and was not taken, is discarded. Of recvmmsg() is not told
 * what it took.
 */
static void flights_passed_by(struct model *m, struct sock *s, const struct call *c, int event)
{
	struct flying *f, *next;

	for (f = m->flying; f; f = next) {
		next = f->next;
		if (f->to != s->sk || !f->placed || !counted(s) || s->moved_in <= f->place)
			continue;
		if (c->row->mem == MEM_MMSG_OUT) {
			f->placed = false;
			continue;
		}
		flight_discarded(m, f, event);
		next = m->flying; /* with it others may have gone */
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
	int sent = e->sent;

	for (f = m->flying; f && (cut || sent); f = next) {
		const struct sock *in = sock_find(m, f->sk);
		int by = in && in->life.id == f->socket ? in->life.flights[f->flight].sent : 0;

		next = f->next;
		if (f->to != s->sk || !by || (f->placed && counted(s)))
			continue;
		if (!sent)
			sent = by;
		if (sent != by)
			continue;
		flight_discarded(m, f, e->id);
		next = m->flying;
	}
}

/* A read of nothing takes no message, and few writes of nothing make one (net/socket.c, fs/read_write.c). */
static void flights_count(struct sock *s, const struct call *c)
{
	uint64_t n = s->life.type == SOCK_STREAM ? (uint64_t)c->bytes : (uint64_t)c->messages;

	if (s->life.type == SOCK_STREAM && c->bytes < 0)
		return;
	if (!c->bytes && c->row->net == CALL_ANY && c->row != &call_rows[CALL_write])
		return;
	if (c->verb == VERB_SEND && !c->has_addr)
		s->moved_out += n;
	else if (c->verb == VERB_RECV)
		s->moved_in += n;
}

void flights_moved(struct model *m, struct thread *th, const struct call *c, struct sock *s, const struct event *e)
{
	size_t count = th->rights_at == c->enter ? th->right_count : 0;
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
	flights_count(s, c);
	to = c->verb == VERB_RECV ? s : passed ? sock_find(m, s->peer_sk) : NULL;
	if (to)
		flights_passed_by(m, to, c, e->id);
	if (c->verb == VERB_RECV && !taken && c->row->mem != MEM_MMSG_OUT)
		flights_cut(m, s, c, e);
}

void flights_free(struct model *m)
{
	struct flying *f, *next;

	for (f = m->flying; f; f = next) {
		next = f->next;
		free(f);
	}
	m->flying = NULL;
}
