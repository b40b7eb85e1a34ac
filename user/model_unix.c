// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two ends of a unix stream or seqpacket connection, as the kernel names them, and what one end does to the other: its
 * shutdown() and its close() are the other's as well (net/unix/af_unix.c: unix_shutdown(), unix_release_sock()).
 */
#include <sys/socket.h>

#include "model_snapshot.h"

/* A socket without a name is told of as a peer's by its family alone: getpeername(2). */
static bool is_named(const struct sock *s, const struct address *a)
{
	return s->life.local.len ? address_equal(a, &s->life.local) : a->len <= sizeof(sa_family_t);
}

/*
 * An end that waits in a queue has not been told of, and its address may be that of one that was there before: that is
 * the peer if it named this one too. Of one that was closed this one's address may be another's by now, too.
 */
static void stream_told(struct sock *s, struct sock *peer)
{
	if (!peer || !peer->life.known || (peer->peer_sk && peer->peer_sk != s->sk))
		return;
	if (peer->state == STATE_CLOSED && (peer->life.peer_socket || !peer->peer_sk || !is_named(s, &peer->life.peer)))
		return;
	s->life.peer_socket = peer->life.id;
	peer->life.peer_socket = s->life.id;
}

/* connect() is one-sided (unix(7)). The last one that it sent to stays when that is gone. */
static void datagram_told(struct sock *s, struct sock *peer)
{
	if (s->peer_sk && !(peer && peer->state == STATE_CLOSED && s->life.peer_socket == peer->life.id))
		s->life.peer_socket = peer && peer->life.known && peer->state != STATE_CLOSED ? peer->life.id : 0;
}

void unix_told(struct model *m, struct sock *s)
{
	bool stream = lifecycle_kind(s->life.type) == KIND_STREAM;

	(stream ? stream_told : datagram_told)(s, sock_find(m, s->peer_sk));
}

void unix_found(struct model *m, struct sock *s)
{
	if (s->life.family != AF_UNIX || lifecycle_kind(s->life.type) == KIND_STREAM)
		return;
	for (struct sock *o = m->socks; o; o = o->hh.next)
		if (o->peer_sk == s->sk && !o->life.peer_socket && o->state != STATE_CLOSED)
			unix_told(m, o);
}

/* The other end, alive. */
static struct sock *other_end(struct model *m, const struct sock *s)
{
	struct sock *o = s->peer_sk ? sock_find(m, s->peer_sk) : NULL;

	if (!o || s->life.family != AF_UNIX || lifecycle_kind(s->life.type) != KIND_STREAM ||
	    o->life.id != s->life.peer_socket || o->state == STATE_CLOSED)
		return NULL;
	return o->view.valid && !(o->leaving && o->leaving == o->aliases) ? o : NULL;
}

static void end_reached(struct model *m, struct sock *o, unsigned int bits, int64_t event, const char *name)
{
	o->peer_ended |= bits;
	o->view.shutdown |= bits;
	if (event)
		sock_apply(m, o, VERB_TOLD, OUTCOME_OK, lifecycle_fact(&o->view), event);
	else
		sock_apply_fact(m, o, VERB_TOLD, lifecycle_fact(&o->view), name);
}

/* What one end does to itself with shutdown() is this to the other. */
static unsigned int mirrored(unsigned int own)
{
	return (own & RCV_SHUTDOWN ? SEND_SHUTDOWN : 0) | (own & SEND_SHUTDOWN ? RCV_SHUTDOWN : 0);
}

void unix_shut(struct model *m, struct sock *s, unsigned int own, int64_t event)
{
	struct sock *o = other_end(m, s);

	if (o)
		end_reached(m, o, mirrored(own), event, NULL);
}

static bool spans(int64_t from, int64_t to, int64_t t)
{
	return from <= t && (to == OPEN || to >= t);
}

/*
 * Its last descriptor was the socket's. One that was open before the trace may be held by somebody who is not in it, but if
 * as many descriptors, messages and calls are known as there were references to the open file.
 */
static bool is_over(const struct sock *s)
{
	const struct life *l = &s->life;
	size_t known = s->inside;

	for (size_t i = 0; i < l->descriptor_count; i++)
		known += spans(l->descriptors[i].from, l->descriptors[i].to, s->looked);
	for (size_t i = 0; i < l->flight_count; i++)
		known += spans(l->flights[i].from, l->flights[i].to, s->looked);
	return l->origin != ORIGIN_SNAPSHOT || (s->references && known >= s->references);
}

/* It has connected to s, and was found: whether it was accepted, by somebody who is not in the trace, is not known. */
static bool may_wait(const struct sock *s, const struct sock *o)
{
	return o->peer_sk && !o->life.peer_socket && o->life.origin == ORIGIN_SNAPSHOT && o->state != STATE_CLOSED &&
	       o->life.family == AF_UNIX && lifecycle_kind(o->life.type) == KIND_STREAM && is_named(s, &o->life.peer);
}

/* A listener is closed: so are the ends that wait in its queue. They can be told where there are as many as may wait. */
static void queue_over(struct model *m, struct sock *s, enum end_by by)
{
	size_t left = (size_t)s->life.unaccepted, known = queue_known(m, s);

	for (struct sock *o = m->socks; o; o = o->hh.next)
		known += may_wait(s, o);
	for (struct sock *o = m->socks; o; o = o->hh.next)
		if (o->peer_sk && o->view.valid && o->state != STATE_CLOSED &&
		    (queue_holds(m, s, o->peer_sk) || (known == left && may_wait(s, o))))
			end_reached(m, o, SHUTDOWN_MASK, s->closing, end_name(by));
}

void unix_closed(struct model *m, struct sock *s, enum end_by by)
{
	struct sock *o = other_end(m, s);

	if (s->life.family != AF_UNIX || !is_over(s))
		return;
	if (o)
		end_reached(m, o, SHUTDOWN_MASK, s->closing, end_name(by));
	if (s->life.unaccepted > 0)
		queue_over(m, s, by);
}

void unix_reopened(struct model *m, struct sock *s, bool certain)
{
	struct sock *o = other_end(m, s);
	const struct state_span *end = &s->life.states[s->life.state_count - 1], *last;

	if (!o || !is_over(s))
		return;
	o->peer_ended = mirrored(s->view.own_shutdown);
	o->view.shutdown = o->view.own_shutdown | o->peer_ended;
	o->life.uncertain |= !certain;
	last = o->life.state_count ? &o->life.states[o->life.state_count - 1] : NULL;
	if (last && last->from == end->from && last->cause == end->cause && last->fact == end->fact)
		state_undo(o);
}

/* A read of nothing takes no message, and few writes of nothing make one (net/socket.c, fs/read_write.c). */
void unix_counted(struct sock *s, const struct call *c)
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

void model_unix_partial(struct model *m, uint16_t types)
{
	m->unix_partial = types;
}
