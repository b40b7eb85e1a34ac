// SPDX-License-Identifier: GPL-2.0-only
/* Records come in, in order of time; each call is applied to descriptors, then to the socket's state, then told of. */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "model_internal.h"
#include "notes.h"

void model_failed(struct model *m, int err)
{
	if (!m->err)
		m->err = err;
}

void *model_alloc(struct model *m, size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		model_failed(m, -ENOMEM);
	return p;
}

void *model_grow(struct model *m, void **items, size_t *count, size_t size)
{
	char *grown = *items;

	if (!(*count & (*count - 1))) { /* full at every power of two */
		grown = realloc(*items, (*count ? 2 * *count : 1) * size);
		if (!grown) {
			model_failed(m, -ENOMEM);
			return NULL;
		}
		*items = grown;
	}
	return memset(grown + (*count)++ * size, 0, size);
}

int64_t model_time(const struct model *m, uint64_t ts)
{
	return ts > m->mono ? (int64_t)(ts - m->mono) : 0;
}

struct model *model_new(uint64_t mono, const struct sink *sink)
{
	struct model *m = calloc(1, sizeof(*m));

	if (m) {
		m->mono = mono;
		m->sink = *sink;
	}
	return m;
}

static void event_tell(struct model *m, const struct event *e)
{
	if (m->sink.event && !m->err)
		model_failed(m, m->sink.event(m->sink.arg, e));
}

/* The return of a call is to come: what is told of it if it does not. */
static void call_keep(struct model *m, struct thread *th, const struct call *c)
{
	if (!th->out)
		th->out = model_alloc(m, sizeof(*th->out));
	if (!th->out)
		return;
	*th->out = *c;
	th->out->entered = false;
	th->out->open = true;
	if (c->verb == VERB_START)
		th->out->verb = VERB_CONNECT;
}

void call_abandoned(struct model *m, struct thread *th)
{
	struct event e = { .id = th->entered_event, .dur = OPEN, .backlog_effective = -1, .call = th->out };
	struct sock *s;

	if (!e.id || !e.call || e.call->enter != th->entered)
		return;
	th->entered_event = 0;
	s = sock_find(m, e.call->sk);
	e.by = &th->proc->process;
	e.process = e.by->id;
	e.t = model_time(m, e.call->enter);
	e.socket = th->entered_socket;
	e.life = s && s->life.id == e.socket ? &s->life : NULL;
	event_tell(m, &e);
}

int event_ahead(struct model *m, struct thread *th, uint64_t at)
{
	if (!th->entered_event || th->entered != at) {
		call_abandoned(m, th);
		th->entered = at;
		th->entered_event = ++m->last_event;
		th->entered_socket = 0;
	}
	return th->entered_event;
}

void event_note(struct model *m, struct event *e, const char *text)
{
	if (!e->note)
		m->note[0] = 0;
	else
		strncat(m->note, "; ", sizeof(m->note) - 1 - strlen(m->note));
	strncat(m->note, text, sizeof(m->note) - 1 - strlen(m->note));
	e->note = m->note;
}

/* The effects of an entry: close frees the number at once, connect starts an attempt. */
static void call_entered(struct model *m, struct thread *th, const struct call *c, struct sock *s)
{
	enum state before;

	event_ahead(m, th, c->enter);
	th->entered_socket = s->life.id;
	call_keep(m, th, c);
	sock_used(m, th, c, c->fd, s);
	before = s->state;
	if (c->verb == VERB_START) {
		if (s->life.role == ROLE_NONE)
			s->life.role = ROLE_ACTIVE;
		if (!s->reports)
			sock_apply(m, s, VERB_START, OUTCOME_OK, FACT_UNKNOWN, th->entered_event);
		if (s->state == STATE_CONNECTING)
			s->connecting = th->entered_event;
		if (s->state == STATE_CONNECTING && before != STATE_CONNECTING) {
			s->view.own_shutdown = 0;
			attempt_begin(m, s, c);
		}
	} else if (c->verb == VERB_CLOSE) {
		call_closes(m, th, c, s, th->entered_event);
	}
}

void model_interfaces(struct model *m, uint64_t netns, char *const *interfaces)
{
	m->netns = netns;
	m->interfaces = interfaces;
}

void model_scope(const struct model *m, uint64_t netns, struct address *a)
{
	uint32_t scope = address_scope(a);
	char *name;

	if (!scope || netns != m->netns)
		return;
	for (char *const *i = m->interfaces; i && *i; i++)
		if (strtoul(*i, &name, 10) == scope && *name == ' ')
			strncpy(a->scope, name + 1, sizeof(a->scope) - 1);
}

static void life_listened(struct sock *s, const struct call *c, struct event *e)
{
	s->life.role = ROLE_PASSIVE;
	s->life.listened = true;
	s->life.backlog_asked = (int)c->args[1];
	s->life.backlog_effective = e->backlog_effective = s->backlog;
}

/* A socket that is not read has the addresses that its calls told. */
static void life_named(struct life *l, const struct call *c)
{
	if (c->verb == VERB_BIND || c->row == &call_rows[CALL_getsockname])
		l->local = c->addr;
	else if (c->verb == VERB_CONNECT || c->row == &call_rows[CALL_getpeername])
		l->peer = c->addr;
}

/* An error that the state it was in explains. */
static void call_refused(struct model *m, const struct call *c, const struct sock *s, enum state before,
			 struct event *e)
{
	bool asks = c->row == &call_rows[CALL_getpeername]; /* ENOTCONN is its answer */
	const char *is = note_refusal(&s->view, before, c->verb, c->err);

	if (!is || asks)
		return;
	event_note(m, e, "not allowed: the socket is ");
	strncat(m->note, is, sizeof(m->note) - 1 - strlen(m->note));
}

/* States follow what the kernel says after every call; one that has not returned has only that to say. */
static void call_state(struct model *m, const struct call *c, struct sock *s, struct event *e)
{
	static const unsigned int shut[] = { [VERB_SHUT_RD] = 1, [VERB_SHUT_WR] = 2, [VERB_SHUT_RDWR] = 3 };
	enum verb verb = c->open ? VERB_CONTROL : c->verb;
	enum state before = s->state;
	enum fact fact;

	if (s->state == STATE_CLOSED) {
		s->life.held |= c->verb != VERB_CLOSE;
		if (c->verb != VERB_CLOSE)
			event_note(m, e, "returned after the socket was closed");
		return;
	}
	if (verb >= VERB_SHUT_RD && verb <= VERB_SHUT_RDWR && !c->err)
		s->view.own_shutdown |= shut[verb];
	fact = c->view.valid ? sock_view(s, &c->view) : FACT_UNKNOWN;
	connect_returned(s, c, e->id);
	if (verb == VERB_CONNECT && s->life.role == ROLE_NONE)
		s->life.role = ROLE_ACTIVE;
	if (verb == VERB_LISTEN && !c->err)
		life_listened(s, c, e);
	if (!c->view.valid && !c->err && c->has_addr)
		life_named(&s->life, c);
	if (!sock_apply(m, s, verb, c->open ? OUTCOME_OK : c->outcome, fact, e->id))
		event_note(m, e, "the rules do not allow this call in the socket's state");
	if (verb >= VERB_SHUT_RD && verb <= VERB_SHUT_RDWR && !c->err)
		unix_shut(m, s, shut[verb], e->id);
	call_refused(m, c, s, before, e);
	attempt_heard(m, s, c);
	if (verb == VERB_CONNECT || verb == VERB_DISSOLVE)
		s->reports = c->outcome == OUTCOME_PENDING ||
			     (c->outcome == OUTCOME_INTERRUPTED && s->state == STATE_CONNECTING);
}

static struct event event_of(struct model *m, struct thread *th, const struct call *c)
{
	struct event e = { .call = c, .backlog_effective = -1 };

	e.by = &th->proc->process;
	e.process = e.by->id;
	e.t = model_time(m, c->enter);
	e.dur = c->open ? OPEN : (int64_t)(c->exit - c->enter);
	if (th->entered_event && th->entered == c->enter) {
		e.id = th->entered_event;
		e.socket = th->entered_socket;
	} else {
		call_abandoned(m, th);
		e.id = ++m->last_event;
	}
	th->entered_event = 0;
	if (c->late)
		event_note(m, &e, "entered before the trace began");
	return e;
}

/* entered: the id that the socket had at the call's entry, where that was told of, else 0. */
static struct sock *call_sock(struct model *m, struct thread *th, const struct call *c, int entered)
{
	struct sock *s;

	if ((c->verb == VERB_CREATE || c->verb == VERB_PAIR) && !c->err && !c->open)
		return call_made(m, th, c->sk, c->has_pair ? c->pair[0] : (int)c->ret);
	/* Closed while the call ran: its address may be another socket's by now, and it need not be known any more. */
	s = entered || c->gone ? sock_find(m, c->sk) : sock_get(m, c->sk);
	return s && entered && s->life.id != entered ? NULL : s;
}

static void call_returned(struct model *m, struct thread *th, const struct call *c)
{
	struct event e = event_of(m, th, c);
	struct sock *s = call_sock(m, th, c, e.socket);
	struct sock *closed = c->row->fds == FDS_REPLACES ? sock_get(m, c->sk2) : NULL;

	if (s && c->fd >= 0 && !(e.socket && c->verb == VERB_CLOSE))
		sock_used(m, th, c, c->fd, s);
	if (s && c->verb == VERB_CLOSE && !e.socket && !c->open) /* its entry was lost */
		call_closes(m, th, c, s, e.id);
	if (closed)
		sock_used(m, th, c, (int)c->args[1], closed);
	if (!c->err && !c->open)
		call_descriptors(m, th, c, s, e.id);
	if (s)
		messages_moved(m, th, c, s, &e);
	if (s && c->verb != VERB_CREATE && c->verb != VERB_PAIR && c->verb != VERB_CLOSE_RANGE)
		call_state(m, c, s, &e);
	flights_moved(m, th, c, s, &e);
	e.life = s ? &s->life : closed ? &closed->life : NULL;
	if (e.life)
		e.socket = e.life->id;
	event_tell(m, &e);
}

/* A close_range() that has closed sockets. */
static void range_entered(struct model *m, struct thread *th, struct call *c)
{
	c->sk = th->range.sk;
	th->entered_socket = th->range.socket;
	call_keep(m, th, c);
}

static int call_record(struct model *m, const struct rec_call *rec)
{
	struct thread *th = thread_get(m, rec->h.tid);
	struct call c;
	struct sock *s;
	int err = decode_call(rec, &c);

	if (err || !th)
		return err;
	if (c.late)
		c.enter = m->mono;
	if (c.verb == VERB_CLOSE_RANGE && !call_ranges(m, th, &c)) {
		if (c.entered && th->range.sk)
			range_entered(m, th, &c);
		return 0;
	}
	s = c.has_addr && address_scope(&c.addr) ? sock_find(m, c.sk) : NULL;
	if (s)
		model_scope(m, s->life.netns, &c.addr);
	s = c.entered ? sock_get(m, c.sk) : NULL;
	if (s)
		call_entered(m, th, &c, s);
	else if (!c.entered)
		call_returned(m, th, &c);
	return 0;
}

int model_record(struct model *m, const struct rec_head *rec)
{
	int err = 0;

	m->now = model_time(m, rec->ts);
	switch (rec->kind) {
	case REC_CALL:
		err = call_record(m, (const struct rec_call *)rec);
		break;
	case REC_SOCK:
		sock_told(m, (const struct rec_sock *)rec);
		break;
	case REC_NAME:
		err = sock_named(m, (const struct rec_name *)rec);
		break;
	case REC_TASK:
		task_seen(m, (const struct rec_task *)rec);
		break;
	case REC_FORK:
		task_forked(m, (const struct rec_fork *)rec);
		break;
	case REC_EXEC:
		err = task_execed(m, (const struct rec_exec *)rec);
		break;
	case REC_EXIT:
		task_exited(m, (const struct rec_exit *)rec);
		break;
	case REC_FACT:
		fact_told(m, (const struct rec_fact *)rec);
		break;
	default:
		break;
	}
	flights_trim(m);
	lives_trim(m);
	return err ? err : m->err;
}

int model_finish(struct model *m, uint64_t end)
{
	m->now = model_time(m, end);
	for (struct thread *th = m->threads; th; th = th->hh.next)
		call_abandoned(m, th);
	lives_finish(m);
	tasks_finish(m);
	return m->err;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	tasks_free(m);
	flights_free(m);
	queues_free(m);
	lives_free(m);
	free(m);
}
