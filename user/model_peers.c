// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which two sockets are the ends of one connection. Unix ones as the kernel names them; TCP ones by the sequence numbers
 * with which the connection began (RFC 9293, 3.4.1), through any network namespace, where both ends' are known. Else by
 * four-tuples that mirror each other, in one namespace: one end has a four-tuple at a time, but it is used again after
 * a close, so that times decide; where two could be the other end, neither is. Knows addresses and times, not calls.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "model_snapshot.h"

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

static void tuple_left(struct model *m, struct sock *s)
{
	struct tuple *t = s->tuple;

	if (!t)
		return;
	*s->tuple_link = s->tuple_next;
	if (s->tuple_next)
		s->tuple_next->tuple_link = s->tuple_link;
	s->tuple = NULL;
	if (t->socks[0] || t->socks[1])
		return;
	HASH_DEL(m->tuples, t);
	free(t);
}

static void ends_forget(struct sock *s)
{
	if (s->other)
		s->other->other = NULL;
	s->other = NULL;
}

static void ends_part(struct sock *s)
{
	s->life.peer_socket = 0;
	if (s->other)
		s->other->life.peer_socket = 0;
	ends_forget(s);
}

static void ends_join(struct sock *a, struct sock *b)
{
	a->other = b;
	b->other = a;
	a->life.peer_socket = b->life.id;
	b->life.peer_socket = a->life.id;
}

static void numbers_left(struct model *m, struct sock *s)
{
	if (s->pair)
		HASH_DELETE(by_pair, m->pairs, s);
	s->pair = s->numbers = 0;
	s->proven = s->loose = false;
}

void peers_left(struct model *m, struct sock *s)
{
	tuple_left(m, s);
	numbers_left(m, s);
	ends_forget(s);
}

static uint64_t numbers_mirrored(uint64_t numbers)
{
	return numbers << 32 | numbers >> 32;
}

static uint64_t pair_of(uint64_t numbers)
{
	uint64_t mirrored = numbers_mirrored(numbers);

	return numbers < mirrored ? numbers : mirrored;
}

/* What one has as its own is the other's as the peer's. */
static bool numbers_fit(const struct sock *a, const struct sock *b)
{
	uint32_t as = (uint32_t)b->numbers - (uint32_t)(a->numbers >> 32);
	uint32_t bs = (uint32_t)a->numbers - (uint32_t)(b->numbers >> 32);

	return as <= a->loose && bs <= b->loose;
}

/* Where both have numbers, those decide. */
static bool may_be_ends(const struct sock *a, const struct sock *b)
{
	return !a->numbers || !b->numbers || numbers_fit(a, b);
}

static struct sock *end_numbered(const struct model *m, const struct sock *s)
{
	struct sock *other;

	for (uint32_t i = 0; i < 4; i++) { /* each one's own may be one less */
		uint32_t own = (uint32_t)s->numbers - (i & 1), peers = (uint32_t)(s->numbers >> 32) + (i >> 1);
		uint64_t pair = pair_of((uint64_t)own << 32 | peers);

		HASH_FIND(by_pair, m->pairs, &pair, sizeof(pair), other);
		if (other && numbers_fit(s, other))
			return other;
	}
	return NULL;
}

static void ends_number(struct model *m, struct sock *s)
{
	uint64_t pair = pair_of(s->numbers);
	struct sock *other = end_numbered(m, s), *same;

	if (other && !other->proven) {
		ends_part(s);
		ends_part(other);
		ends_join(s, other);
		s->proven = other->proven = true;
	}
	if (other)
		return;
	HASH_FIND(by_pair, m->pairs, &pair, sizeof(pair), same);
	if (same)
		return;
	s->pair = pair;
	HASH_ADD(by_pair, m->pairs, pair, sizeof(s->pair), s);
}

void peers_numbered(struct model *m, struct sock *s, uint64_t numbers)
{
	numbers_left(m, s);
	if (!s->other) /* that was another connection's */
		s->life.peer_socket = 0;
	s->numbers = numbers;
	if (s->other && !may_be_ends(s, s->other))
		ends_part(s);
	if (numbers)
		ends_number(m, s);
}

void peers_found(struct model *m, struct sock *s, uint64_t numbers)
{
	if (!numbers || s->numbers)
		return;
	s->numbers = numbers;
	s->loose = true;
	if (s->other && !may_be_ends(s, s->other))
		ends_part(s);
	ends_number(m, s);
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
		if (never_connected(s) || !may_be_ends(s, of))
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
		if (!p->proven && may_be_ends(p, s))
			ends_part(p);
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
	tuple_left(m, s);
	if (!s->proven) { /* that was another connection's */
		ends_forget(s);
		s->life.peer_socket = 0;
	}
	if (side < 0)
		return;
	tuple_enter(m, s, &key, side);
	if (!s->tuple || s->proven)
		return;
	peers_part(s->tuple->socks[!side], s);
	other = only_candidate(s->tuple->socks[!side], s);
	if (!other || only_candidate(s->tuple->socks[side], other) != s)
		return;
	ends_join(s, other);
}

void peers_told(struct model *m, struct sock *s, const struct address *local, const struct address *peer)
{
	if (s->life.family == AF_UNIX)
		unix_told(m, s);
	else if (lifecycle_kind(s->life.type) == KIND_STREAM)
		inet_told(m, s, local, peer);
}
