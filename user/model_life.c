// SPDX-License-Identifier: GPL-2.0-only
/* Sockets: identity, states, peers, and their end. A socket is its kernel address and inode. */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "model_snapshot.h"

#define CLOSED_MAX 256 /* sockets kept after their close, for calls that return late */
#define WAITING_MAX 4096 /* those whose other end may be in an accept queue: as long as somaxconn lets it be */

static void life_free(struct model *m, struct sock *s)
{
	peers_left(m, s);
	free(s->life.states);
	free(s->life.peers);
	free(s->life.attempts);
	free(s->life.descriptors);
	arrivals_free(s);
	free(s->life.flights);
	free(s->life.queue);
	free(s->life.resets);
	free(s->life.errors);
	free(s);
}

static void closed_unlink(struct sock *s)
{
	*(s->older ? &s->older->newer : &s->closed->oldest) = s->newer;
	*(s->newer ? &s->newer->older : &s->closed->newest) = s->older;
	s->older = s->newer = NULL;
	s->closed->count--;
	s->closed = NULL;
}

static void closed_link(struct closed *closed, struct sock *s)
{
	s->closed = closed;
	s->older = closed->newest;
	*(closed->newest ? &closed->newest->newer : &closed->oldest) = s;
	closed->newest = s;
	closed->count++;
}

void sock_retire(struct model *m, struct sock *s)
{
	HASH_DEL(m->socks, s);
	if (s->closed)
		closed_unlink(s);
	if (m->sink.life && !m->err && s->state != STATE_NONE)
		model_failed(m, m->sink.life(m->sink.arg, &s->life));
	life_free(m, s);
}

static struct sock *sock_new(struct model *m, uint64_t sk)
{
	struct sock *s = model_alloc(m, sizeof(*s));

	if (!s)
		return NULL;
	s->sk = sk;
	s->life.id = ++m->last_socket;
	s->life.created = m->now;
	s->life.closed = OPEN;
	s->life.backlog_effective = s->life.deepest = s->life.unaccepted = s->life.overflows = -1;
	s->life.queued_from = s->life.queued_to = OPEN;
	s->life.unread = s->life.unsent = -1;
	s->life.found_unread = s->life.found_unsent = -1;
	s->ended = s->counted = s->found = OPEN;
	s->came = s->unsent = s->depth = s->drops = -1;
	HASH_ADD(hh, m->socks, sk, sizeof(s->sk), s);
	return s;
}

struct sock *sock_find(struct model *m, uint64_t sk)
{
	struct sock *s;

	HASH_FIND(hh, m->socks, &sk, sizeof(sk), s);
	return s;
}

struct sock *sock_get(struct model *m, uint64_t sk)
{
	struct sock *s = sock_find(m, sk);

	if (s || !sk)
		return s;
	s = sock_new(m, sk);
	if (s)
		s->life.uncertain = true;
	return s;
}

/* The kernel uses an address again: the socket before is gone, whether we saw its end or not. */
static void sock_replaced(struct model *m, struct sock *s)
{
	if (s->state != STATE_CLOSED && s->state != STATE_NONE) {
		s->life.uncertain = true;
		while (s->named)
			alias_end(m, s->named->in, s->named, BY_CLOSE);
		if (s->state != STATE_CLOSED)
			sock_released(m, s, BY_CLOSE);
	}
	sock_retire(m, s);
}

struct sock *sock_made(struct model *m, uint64_t sk)
{
	struct sock *s = sock_find(m, sk);

	if (s && s->state != STATE_NONE)
		sock_replaced(m, s);
	return sock_get(m, sk);
}

void sock_told(struct model *m, const struct rec_sock *r)
{
	struct sock *s = sock_find(m, r->sk);

	if (s && (s->life.known ? s->life.inode != r->inode : s->state == STATE_CLOSED)) {
		sock_replaced(m, s);
		s = NULL;
	}
	if (!s)
		s = sock_new(m, r->sk);
	if (!s)
		return;
	s->life.known = true;
	s->life.inode = r->inode;
	s->life.family = r->family;
	s->life.type = r->type;
	s->life.protocol = r->protocol;
	s->life.netns = r->netns;
	s->view.family = r->family;
	s->view.type = r->type;
}

static struct peer_span *peer_open(struct life *l)
{
	struct peer_span *p = l->peer_count ? &l->peers[l->peer_count - 1] : NULL;

	return p && p->to == OPEN ? p : NULL;
}

/* The one that did not fail; while it waits in a connect() a unix socket has no peer yet. */
static const struct attempt *attempt_to(const struct sock *s)
{
	const struct life *l = &s->life;
	const struct attempt *a = s->in_attempt && is_inet(l) ? &l->attempts[l->attempt_count - 1] : NULL;

	return a && a->outcome != ATTEMPT_ERROR ? a : NULL;
}

/* The kernel tells of a connect()'s peer at its return, but has it from the attempt's begin on. */
static int64_t peer_since(const struct model *m, const struct sock *s)
{
	const struct attempt *a = attempt_to(s);
	const struct life *l = &s->life;
	const struct peer_span *last = l->peer_count ? &l->peers[l->peer_count - 1] : NULL;

	if (!a || (last && (last->from >= a->from || last->to > a->from)))
		return m->now;
	return a->from;
}

static void peer_set(struct model *m, struct sock *s, const struct address *peer)
{
	const int64_t since = peer->len ? peer_since(m, s) : m->now;
	struct peer_span *p = peer_open(&s->life);

	if (p && address_equal(&p->peer, peer))
		return;
	if (p)
		p->to = since;
	if (!peer->len)
		return;
	p = history_grow(m, &s->life, HISTORY_PEERS);
	if (p)
		*p = (struct peer_span){ .peer = *peer, .from = since, .to = OPEN };
}

/* The end of the trace: of a connect() that has not returned the peer is what it was given. */
static void peer_given(struct model *m, struct sock *s)
{
	const struct attempt *a = attempt_to(s);

	if (!a || a->did_return || s->state != STATE_CONNECTING || !a->peer.len || peer_open(&s->life))
		return;
	peer_set(m, s, &a->peer);
	s->life.peer = a->peer;
}

/* The kernel tells of a change before it makes it (inet_sk_state_store()): who sees the state that was left looked in between. */
static void view_state(struct sock *s, unsigned int state, unsigned int shutdown)
{
	if (s->left == state)
		return;
	s->left = 0;
	if (state != TCP_CLOSE)
		s->ended = OPEN;
	s->view.state = state;
	s->view.shutdown = shutdown | s->peer_ended;
}

/* A connect() that was refused leaves an address which getpeername(2) does not tell: net/ipv4/af_inet.c:inet_getname(). */
static bool has_peer(const struct sock *s, const struct rec_name *r)
{
	return !is_tcp(&s->life) || !(r->view & VIEW_VALID) || r->kstate != TCP_CLOSE;
}

int sock_named(struct model *m, const struct rec_name *r)
{
	struct sock *s = sock_get(m, r->sk);
	const struct address none = { 0 };
	struct address local, remote;
	int err = decode_name(r, &local, &remote);

	if (err || !s || s->state == STATE_CLOSED)
		return err;
	model_scope(m, s->life.netns, &local);
	model_scope(m, s->life.netns, &remote);
	/* An address that the kernel dropped at the end stays as the last known. */
	if (local.len)
		s->life.local = local;
	peer_set(m, s, has_peer(s, r) ? &remote : &none);
	if (remote.len)
		s->life.peer = remote;
	s->backlog = r->backlog;
	s->view.valid = r->view & VIEW_VALID;
	s->view.bound = r->view & VIEW_BOUND;
	s->view.peer = r->view & VIEW_PEER;
	view_state(s, r->kstate, r->shutdown);
	s->peer_sk = r->peer_sk;
	peers_told(m, s, &local, &remote);
	return 0;
}

enum fact sock_view(struct sock *s, const struct kernel_view *view)
{
	s->view.valid = view->valid;
	s->view.bound = view->bound;
	s->view.peer = view->peer;
	view_state(s, view->state, view->shutdown);
	return lifecycle_fact(&s->view);
}

static void state_enter(struct model *m, struct sock *s, enum state state, int64_t cause, const char *name)
{
	struct life *l = &s->life;
	struct state_span *span;

	if (l->state_count)
		l->states[l->state_count - 1].to = m->now;
	span = history_grow(m, l, HISTORY_STATES);
	s->state = state;
	if (!span)
		return;
	*span = (struct state_span){ .state = state, .from = m->now, .to = OPEN, .cause = cause, .fact = name };
	if (m->sink.state)
		model_failed(m, m->sink.state(m->sink.arg, l, span));
}

bool sock_apply(struct model *m, struct sock *s, enum verb verb, enum outcome outcome, enum fact fact, int64_t cause)
{
	enum state next = lifecycle_next(lifecycle_kind(s->life.type), s->state, verb, outcome, fact);

	if (next == STATES)
		return false;
	if (next != s->state)
		state_enter(m, s, next, cause, NULL);
	return true;
}

void sock_apply_fact(struct model *m, struct sock *s, enum verb verb, enum fact fact, const char *name)
{
	enum state next = lifecycle_next(lifecycle_kind(s->life.type), s->state, verb, OUTCOME_OK, fact);

	if (next != STATES && next != s->state)
		state_enter(m, s, next, 0, name);
}

void sock_found(struct model *m, struct sock *s, enum origin origin)
{
	s->life.origin = origin;
	s->life.created = OPEN;
	sock_apply_fact(m, s, VERB_FOUND, lifecycle_fact(&s->view), "snapshot");
	if (s->state == STATE_LISTENING) {
		s->life.role = ROLE_PASSIVE;
		if (s->life.local.len) /* both were told at once */
			s->life.backlog_effective = s->backlog;
	}
	queue_found(m, s);
	if (s->life.state_count)
		s->life.states[0].from = OPEN;
	if (s->life.peer_count)
		s->life.peers[0].from = OPEN;
}

void sock_closed(struct model *m, struct sock *s, enum end_by by)
{
	struct peer_span *p = peer_open(&s->life);

	if (s->state == STATE_CLOSED)
		return;
	attempt_closed(m, s, by);
	if (p)
		p->to = m->now;
	s->life.closed = m->now;
	s->life.closed_by = by;
	trouble_closed(m, s);
	queue_closed(s);
	if (s->closing)
		sock_apply(m, s, VERB_LAST_CLOSE, OUTCOME_OK, FACT_UNKNOWN, s->closing);
	else
		sock_apply_fact(m, s, VERB_LAST_CLOSE, FACT_UNKNOWN, end_name(by));
	unix_closed(m, s, by);
	closed_link(s->tuple && !s->life.peer_socket ? &m->waiting : &m->closed, s);
}

void state_undo(struct sock *s)
{
	struct life *l = &s->life;

	s->state = STATE_NONE;
	if (--l->state_count) {
		l->states[l->state_count - 1].to = OPEN;
		s->state = l->states[l->state_count - 1].state;
	}
}

static void close_undone(struct model *m, struct sock *s, bool certain)
{
	struct life *l = &s->life;

	closed_unlink(s);
	unix_reopened(m, s, certain);
	state_undo(s);
	attempt_reopened(s);
	if (l->peer_count && l->peers[l->peer_count - 1].to == l->closed)
		l->peers[l->peer_count - 1].to = OPEN;
	l->closed = OPEN;
	l->closed_by = BY_OPEN;
	l->unread = l->unsent = l->unaccepted = -1;
	l->uncertain |= !certain;
}

void sock_reopened(struct model *m, struct sock *s)
{
	close_undone(m, s, false);
}

void sock_unclosed(struct model *m, struct sock *s)
{
	close_undone(m, s, true);
}

int model_each_life(const struct model *m, int (*fn)(void *arg, const struct life *life), void *arg)
{
	int err = 0;

	for (const struct sock *s = m->socks; s && !err; s = s->hh.next)
		if (s->state != STATE_NONE && s->state != STATE_CLOSED)
			err = fn(arg, &s->life);
	return err;
}

void lives_trim(struct model *m)
{
	while (m->closed.count > CLOSED_MAX)
		sock_retire(m, m->closed.oldest);
	while (m->waiting.count > WAITING_MAX)
		sock_retire(m, m->waiting.oldest);
}

void lives_finish(struct model *m)
{
	struct sock *s, *next;

	HASH_ITER (hh, m->socks, s, next) {
		peer_given(m, s);
		sock_retire(m, s);
	}
}

void lives_free(struct model *m)
{
	struct sock *s, *next;

	HASH_ITER (hh, m->socks, s, next) {
		HASH_DEL(m->socks, s);
		life_free(m, s);
	}
}
