// SPDX-License-Identifier: GPL-2.0-only
/* Calls: each is applied to descriptors, then to its socket's state, then told of. */
#include <errno.h>
#include <string.h>

#include "model_internal.h"
#include "model_slots.h"
#include "model_snapshot.h"
#include "notes.h"

static const char was_late[] = "entered before the trace began";

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

void event_note(struct model *m, struct event *e, const char *text)
{
	if (!e->note)
		m->note[0] = 0;
	else
		strncat(m->note, "; ", sizeof(m->note) - 1 - strlen(m->note));
	strncat(m->note, text, sizeof(m->note) - 1 - strlen(m->note));
	e->note = m->note;
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
	if (e.call->late)
		event_note(m, &e, was_late);
	event_tell(m, &e);
}

int64_t event_ahead(struct model *m, struct thread *th, uint64_t at)
{
	if (!th->entered_event || th->entered != at) {
		call_abandoned(m, th);
		th->entered = at;
		th->entered_event = ++m->last_event;
		th->entered_socket = 0;
	}
	return th->entered_event;
}

/* The effects of an entry: close frees the number at once, connect starts an attempt. */
static void call_entered(struct model *m, struct thread *th, const struct call *c, struct sock *s)
{
	enum state before;

	event_ahead(m, th, c->enter);
	th->entered_socket = s->life.id;
	call_keep(m, th, c);
	if (c->late && th->proc->threads > 1) /* else it takes no reference: fs/file.c:fdget() */
		s->inside++;
	sock_used(m, th, c, call_place(m, th, c), s);
	before = s->state;
	if (c->verb == VERB_START) {
		if (s->life.role == ROLE_NONE)
			s->life.role = ROLE_ACTIVE;
		if (!s->reports)
			sock_apply(m, s, VERB_START, OUTCOME_OK, FACT_UNKNOWN, th->entered_event);
		if (s->state == STATE_CONNECTING)
			s->connecting = th->entered_event;
		if (s->state == STATE_CONNECTING && (before != STATE_CONNECTING || (c->late && !s->in_attempt))) {
			s->view.own_shutdown = 0;
			s->ended = OPEN;
			attempt_begin(m, s, c);
		}
	} else if (c->verb == VERB_CLOSE) {
		if (c->last) /* whatever else had it open when a snapshot counted */
			s->references = s->inside = 1;
		call_closes(m, th, c, s, th->entered_event);
	}
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

static void call_outlived(struct model *m, const struct call *c, struct sock *s, struct event *e)
{
	bool *held = c->via == VIA_IO_URING ? &s->life.held_io_uring : &s->life.held;

	if (c->verb == VERB_CLOSE || c->silent) /* when a silent one was done is not known */
		return;
	*held = true;
	event_note(m, e, "returned after the socket was closed");
}

/*
 * It has returned, and had begun: an io_uring request can be cancelled before. One that is to tell nobody and never failed has
 * been done if it can't wait.
 */
static bool call_acted(const struct call *c, const struct sock *s)
{
	bool waits =
		c->verb != VERB_BIND && c->verb != VERB_LISTEN && (c->verb < VERB_SHUT_RD || c->verb > VERB_SHUT_RDWR);

	if (c->open)
		return c->silent && !waits;
	return c->err != ECANCELED || s->state == STATE_CONNECTING;
}

/* States follow what the kernel says after every call; one that has not returned has only that to say. */
static void call_state(struct model *m, const struct call *c, struct sock *s, struct event *e)
{
	static const unsigned int shut[] = { [VERB_SHUT_RD] = 1, [VERB_SHUT_WR] = 2, [VERB_SHUT_RDWR] = 3 };
	enum verb verb = call_acted(c, s) ? c->verb : VERB_CONTROL;
	enum state before = s->state;
	enum fact fact;

	if (s->state == STATE_CLOSED) {
		call_outlived(m, c, s, e);
		return;
	}
	if (verb >= VERB_SHUT_RD && verb <= VERB_SHUT_RDWR && !c->err)
		s->view.own_shutdown |= shut[verb];
	fact = c->view.valid ? sock_view(s, &c->view) : FACT_UNKNOWN;
	if (c->via == VIA_IO_URING)
		request_returned(m, s, c, e);
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
		s->reports = c->outcome == OUTCOME_PENDING || (c->err && s->state == STATE_CONNECTING);
}

static struct event event_of(struct model *m, struct thread *th, const struct call *c)
{
	struct event e = { .call = c, .backlog_effective = -1 };
	const char *note = note_request(c);

	e.by = &th->proc->process;
	e.process = e.by->id;
	e.t = model_time(m, c->enter);
	e.dur = c->open ? OPEN : model_time(m, c->exit) - e.t;
	if (th->entered_event && th->entered == c->enter) {
		e.id = th->entered_event;
		e.socket = th->entered_socket;
	} else {
		call_abandoned(m, th);
		e.id = ++m->last_event;
	}
	th->entered_event = 0;
	if (c->late || c->enter < m->mono)
		event_note(m, &e, was_late);
	if (note)
		event_note(m, &e, note);
	return e;
}

/* entered: the id that the socket had at the call's entry, where that was told of, else 0. */
static struct sock *call_sock(struct model *m, struct thread *th, const struct call *c, int entered)
{
	struct sock *s;

	if ((c->verb == VERB_CREATE || c->verb == VERB_PAIR) && call_makes(c))
		return call_made(m, made_place(m, th, c, c->sk, c->has_pair ? c->pair[0] : (int)c->ret), c->sk);
	/* Closed while the call ran: its address may be another socket's by now, and it need not be known any more. */
	s = entered || c->gone ? sock_find(m, c->sk) : sock_get(m, c->sk);
	return s && entered && s->life.id != entered ? NULL : s;
}

/* A close() whose entry was lost, or one by io_uring, which can be cancelled. */
static bool call_closed(const struct call *c)
{
	return (!c->open || c->silent) && !(c->via == VIA_IO_URING && c->err);
}

static void call_returned(struct model *m, struct thread *th, const struct call *c)
{
	struct event e = event_of(m, th, c);
	struct sock *s, *closed = c->row->fds == FDS_REPLACES ? sock_get(m, c->sk2) : NULL;

	made_undone(m, th, c);
	s = call_sock(m, th, c, e.socket);
	if (s && c->fd >= 0 && !(e.socket && c->verb == VERB_CLOSE))
		sock_used(m, th, c, call_place(m, th, c), s);
	if (s && c->verb == VERB_CLOSE && !e.socket && call_closed(c))
		call_closes(m, th, c, s, e.id);
	if (s && c->verb == VERB_CLOSE && c->via == VIA_IO_URING && e.socket && c->err == ECANCELED)
		call_uncloses(m, th, s);
	if (closed)
		sock_used(m, th, c, number_of(th, (int)c->args[1]), closed);
	if (call_makes(c))
		call_descriptors(m, th, c, s, e.id);
	if (s)
		messages_moved(m, th, c, s, &e);
	if (s && c->row->fds != FDS_MAKES && c->row->fds != FDS_PAIR && c->row->fds != FDS_RANGE &&
	    c->row->fds != FDS_SLOTS)
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

/* Some calls the model alone can tell to be on sockets: those are events, and get one of them in c->sk. */
static bool call_counts(struct model *m, struct thread *th, struct call *c)
{
	switch (c->verb) {
	case VERB_CLOSE_RANGE:
		if (call_ranges(m, th, c))
			return true;
		if (c->entered && th->range.sk)
			range_entered(m, th, c);
		return false;
	case VERB_REGISTER:
		return call_registers(m, th, c);
	case VERB_CLOSE:
		if (!c->sk && c->via == VIA_IO_URING)
			c->sk = closed_sock(m, th, c);
		return c->sk || c->via != VIA_IO_URING;
	default:
		return true;
	}
}

/* One that was found blocked is on what its number names: not if that was closed meanwhile. */
static bool call_held(const struct thread *th, const struct call *c, const struct sock *s)
{
	const struct alias *a = c->late ? alias_find(th->table, c->fd) : NULL;

	return !c->late || (a && a->sock == s);
}

static void call_told(struct model *m, struct thread *th, struct call *c)
{
	struct sock *s = c->has_addr && address_scope(&c->addr) ? sock_find(m, c->sk) : NULL;

	if (s)
		model_scope(m, s->life.netns, &c->addr);
	s = c->entered ? sock_get(m, c->sk) : NULL;
	if (s && call_held(th, c, s))
		call_entered(m, th, c, s);
	else if (!c->entered)
		call_returned(m, th, c);
}

int call_record(struct model *m, const struct rec_call *rec)
{
	struct thread *th;
	uint32_t shown;
	struct call c;
	int err = decode_call(rec, &c);

	if (!err && row_is_sum(c.row)) {
		sum_told(m, &c);
		return 0;
	}
	th = err ? NULL : thread_of(m, &rec->h, c.enter);
	if (!th)
		return err;
	call_slots(th, &c);
	c.late |= c.enter < m->mono && c.via != VIA_IO_URING;
	if (c.late)
		c.enter = m->mono;
	shown = (th->owner ? th->owner : th)->shown;
	if (shown)
		c.tid = shown;
	m->begun = c.shot ? OPEN : model_time(m, c.enter);
	if (call_counts(m, th, &c))
		call_told(m, th, &c);
	th->slot_count = 0;
	if (th->owner && !c.entered)
		request_forget(m, th);
	return 0;
}
