// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which two sockets are the ends of one connection. Unix ones as the kernel names them; internet ones by four-tuples
 * that mirror each other, in one network namespace. One end has a four-tuple at a time, but it is used again after a
 * close, so that times decide; where two could be the other end, neither is. Knows addresses and times, not calls.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "model_internal.h"

struct end { /* one side of a four-tuple; no holes, as it is part of a key */
	struct in6_addr addr; /* IPv4: mapped */
	uint32_t scope;
	uint32_t port;
};

struct key { /* the same for both sockets */
	uint64_t netns;
	uint64_t protocol;
	struct end ends[2]; /* the lesser first */
};

struct tuple { /* a four-tuple, and the sockets that have it or had it last */
	struct key key;
	struct sock *socks[2]; /* by whose address is theirs, the last told of first */
	UT_hash_handle hh;
};

static bool end_of(const struct address *a, struct end *e)
{
	bool v4 = address_family(a) == AF_INET;

	*e = (struct end){ .port = address_port(a), .scope = address_scope(a) };
	if (v4 && a->len >= sizeof(struct sockaddr_in)) {
		memset(e->addr.s6_addr + 10, 0xff, 2);
		memcpy(e->addr.s6_addr + 12, a->bytes + offsetof(struct sockaddr_in, sin_addr), 4);
	} else if (address_family(a) == AF_INET6 && a->len >= sizeof(struct sockaddr_in6)) {
		memcpy(&e->addr, a->bytes + offsetof(struct sockaddr_in6, sin6_addr), sizeof(e->addr));
	} else {
		return false;
	}
	return e->port;
}

/* The side that is s's, -1: none. One that is connected to itself has nobody on the other side. */
static int key_of(struct key *key, const struct sock *s, const struct address *local, const struct address *peer)
{
	struct end own, other;
	int side;

	if (!s->life.netns || !end_of(local, &own) || !end_of(peer, &other))
		return -1;
	side = memcmp(&own, &other, sizeof(own)) > 0;
	key->netns = s->life.netns;
	key->protocol = s->life.protocol == IPPROTO_MPTCP ? IPPROTO_TCP : s->life.protocol; /* it falls back */
	key->ends[side] = own;
	key->ends[!side] = other;
	return side;
}

static void tuple_enter(struct model *m, struct sock *s, const struct key *key, int side)
{
	struct tuple *t;

	HASH_FIND(hh, m->tuples, key, sizeof(*key), t);
	if (!t) {
		t = model_alloc(m, sizeof(*t));
		if (!t)
			return;
		t->key = *key;
		HASH_ADD(hh, m->tuples, key, sizeof(t->key), t);
	}
	s->tuple = t;
	s->side = side;
	s->told = m->now;
	s->tuple_next = t->socks[side];
	s->tuple_link = &t->socks[side];
	if (s->tuple_next)
		s->tuple_next->tuple_link = &s->tuple_next;
	*s->tuple_link = s;
}

void peers_left(struct model *m, struct sock *s)
{
	struct tuple *t = s->tuple;

	if (!t)
		return;
	if (s->other)
		s->other->other = NULL;
	*s->tuple_link = s->tuple_next;
	if (s->tuple_next)
		s->tuple_next->tuple_link = s->tuple_link;
	s->other = NULL;
	s->tuple = NULL;
	if (t->socks[0] || t->socks[1])
		return;
	HASH_DEL(m->tuples, t);
	free(t);
}

static const struct attempt *last_attempt(const struct sock *s)
{
	return s->life.attempt_count ? &s->life.attempts[s->life.attempt_count - 1] : NULL;
}

/* Its connection began between these two: an accepted one's before it was told of, and nobody saw when. */
static int64_t began_after(const struct sock *s)
{
	return last_attempt(s) ? last_attempt(s)->from : OPEN;
}

static int64_t began_before(const struct sock *s)
{
	if (!last_attempt(s))
		return s->told;
	return s->life.closed == OPEN ? INT64_MAX : s->life.closed;
}

static bool never_connected(const struct sock *s)
{
	return last_attempt(s) && last_attempt(s)->outcome == ATTEMPT_ERROR;
}

/*
 * The only one among `socks` that may be the other end of `of`. One that has closed may: a connection waits for accept()
 * in a queue. That is first in, first out: what had the four-tuple before one that is joined is not looked at.
 */
static struct sock *only_candidate(struct sock *socks, const struct sock *of)
{
	struct sock *found = NULL;

	for (struct sock *s = socks; s && began_before(s) >= began_after(of); s = s->tuple_next) {
		if (never_connected(s))
			continue;
		if (s->life.peer_socket)
			break;
		if (found)
			return NULL;
		found = s;
	}
	return found;
}

/* s began to connect before these were told of: the one that each of them was joined with is not the only candidate. */
static void peers_part(struct sock *socks, const struct sock *s)
{
	for (struct sock *p = socks; p && last_attempt(s) && p->told >= began_after(s); p = p->tuple_next) {
		p->life.peer_socket = 0;
		if (!p->other)
			continue;
		p->other->life.peer_socket = 0;
		p->other->other = NULL;
		p->other = NULL;
	}
}

static void inet_told(struct model *m, struct sock *s, const struct address *local, const struct address *peer)
{
	struct key key;
	struct sock *other;
	int side;

	if (!peer->len) {
		peers_left(m, s);
		return;
	}
	side = key_of(&key, s, local, peer);
	if (s->tuple && (!local->len || (side == s->side && !memcmp(&key, &s->tuple->key, sizeof(key)))))
		return; /* one that was reset has lost its port */
	peers_left(m, s);
	s->life.peer_socket = 0; /* that was another connection's */
	if (side < 0)
		return;
	tuple_enter(m, s, &key, side);
	if (!s->tuple)
		return;
	peers_part(s->tuple->socks[!side], s);
	other = only_candidate(s->tuple->socks[!side], s);
	if (!other || only_candidate(s->tuple->socks[side], other) != s)
		return;
	s->other = other;
	other->other = s;
	s->life.peer_socket = other->life.id;
	other->life.peer_socket = s->life.id;
}

/*
 * An end that waits in a queue has not been told of, and its address may be that of one that was closed before: that is
 * the peer if it named this one too.
 */
static void unix_told(struct sock *s, struct sock *peer)
{
	if (!peer || !peer->life.known)
		return;
	if (peer->state == STATE_CLOSED && (peer->life.peer_socket || peer->peer_sk != s->sk))
		return;
	s->life.peer_socket = peer->life.id;
	peer->life.peer_socket = s->life.id;
}

void peers_told(struct model *m, struct sock *s, const struct address *local, const struct address *peer)
{
	if (lifecycle_kind(s->life.type) != KIND_STREAM) /* a datagram socket's peer need not name it */
		return;
	if (s->life.family == AF_UNIX)
		unix_told(s, sock_find(m, s->peer_sk));
	else
		inet_told(m, s, local, peer);
}
