// SPDX-License-Identifier: GPL-2.0-only
/* What a call that sends or receives has moved: bytes, datagrams, and what was cut (send(2), recv(2)). */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "model_snapshot.h"

void message_told(struct model *m, const struct rec_fact *r)
{
	struct thread *th = thread_of(m, &r->h, r->at);

	if (!th || r->value <= 0)
		return;
	if (th->told.at != r->at)
		th->told = (struct told){ .at = r->at };
	if (r->fact == FACT_LENGTH)
		th->told.length = r->value;
	else
		th->told.segment = r->value;
}

static struct told told_of(struct thread *th, const struct call *c)
{
	struct told told = th->told;

	th->told = (struct told){ 0 };
	return told_with(c, told.at) ? told : th->told;
}

/* Those that the kernel takes as one are as many as their size says (udp(7): UDP_SEGMENT, UDP_GRO). */
static uint64_t messages_in(const struct call *c, const struct told *told, int64_t bytes)
{
	int64_t segments = told->segment ? bytes / told->segment + !!(bytes % told->segment) : 0;

	return segments > c->messages ? (uint64_t)segments : (uint64_t)c->messages;
}

/*
 * What is sent with MSG_MORE is a part of the next message (udp(7)), and of the calls that are not the sockets' own only
 * write() gets as far as the socket with nothing (fs/read_write.c).
 */
static uint64_t messages_out(const struct life *l, const struct call *c, const struct told *told)
{
	bool nothing = !c->bytes && c->row->net == CALL_ANY && c->row != &call_rows[CALL_write];

	if (nothing || (is_inet(l) && call_msg_flags(c) & MSG_MORE))
		return 0;
	return messages_in(c, told, c->bytes);
}

/* How many datagrams were sent at most: of some calls that is not told. */
static uint64_t at_most(const struct call *c, uint64_t messages)
{
	bool counted = c->row->mem != MEM_MMSG_IN && c->row->fds != FDS_SPLICES && c->row != &call_rows[CALL_sendfile];

	return messages && !counted ? UINT64_MAX : messages;
}

static void moved_out(struct model *m, struct thread *th, const struct call *c, struct sock *s, const struct event *e)
{
	const struct told told = told_of(th, c);
	uint64_t messages = c->bytes < 0 ? 0 : messages_out(&s->life, c, &told);

	arrivals_sent(m, th, c, s, e->id, at_most(c, messages));
	if (c->bytes < 0)
		return;
	s->life.sent += (uint64_t)c->bytes;
	if (lifecycle_kind(s->life.type) == KIND_DATAGRAM)
		s->life.messages_sent += messages;
}

/* tcp(7): MSG_TRUNC throws away what it would have copied. */
static void stream_in(struct model *m, const struct call *c, struct life *l, uint64_t flags, struct event *e)
{
	if (flags & MSG_PEEK)
		return;
	l->received += (uint64_t)c->bytes;
	if (c->bytes && flags & MSG_TRUNC && is_inet(l))
		event_note(m, e, "discarded");
}

/* The length of the buffer, -1: not known. By io_uring 0 may stand for that of a provided one: io_uring_enter(2), buf_group. */
static int64_t room_of(const struct call *c)
{
	if (c->via == VIA_IO_URING && !c->args[2])
		return -1;
	if (c->row == &call_rows[CALL_read] || c->row == &call_rows[CALL_recvfrom])
		return (int64_t)c->args[2];
	return -1;
}

/* recv(2): with MSG_TRUNC the lengths of the messages come back, whatever was copied of them. */
static struct receipt receipt_of(const struct call *c, uint64_t flags, const struct told *told)
{
	bool lengths = flags & MSG_TRUNC, one = c->row->mem != MEM_MMSG_OUT || c->messages == 1;
	struct receipt r = { .messages = c->messages, .copied = c->bytes, .length = c->bytes };

	if (lengths && room_of(c) >= 0 && room_of(c) < c->bytes) {
		r.cut = true;
		r.copied = room_of(c);
	} else if (lengths && c->msg_flags & MSG_TRUNC) {
		r.cut = true;
		r.copied = -1;
	} else if (one && told->length > c->bytes) {
		r.cut = true;
		r.length = told->length;
	} else if (c->msg_flags & MSG_TRUNC) {
		r.cut = true;
		r.length = -1;
	}
	return r;
}

/* "truncated: 8 of 100 bytes" */
static void note_cut(struct model *m, const struct receipt *r, struct event *e)
{
	long long copied = r->copied, length = r->length;
	char text[80];

	if (r->messages > 1)
		snprintf(text, sizeof(text), "truncated: the first of %d messages", r->messages);
	else if (length < 0)
		snprintf(text, sizeof(text), "truncated: %lld bytes of more", copied);
	else if (copied < 0)
		snprintf(text, sizeof(text), "truncated: a part of %lld bytes", length);
	else
		snprintf(text, sizeof(text), "truncated: %lld of %lld bytes", copied, length);
	event_note(m, e, text);
}

/* A read of no bytes takes nothing (net/socket.c:sock_read_iter()). */
static bool takes_nothing(const struct call *c, const struct told *told)
{
	bool no_room = !c->args[2] && c->via != VIA_IO_URING;

	return !c->messages || (c->row->net == CALL_ANY && !c->bytes && (told->length || no_room));
}

static void datagrams_in(struct model *m, struct thread *th, const struct call *c, struct sock *s, uint64_t flags,
			 struct event *e)
{
	const struct told told = told_of(th, c);
	struct receipt r = receipt_of(c, flags, &told);
	struct life *l = &s->life;

	if (takes_nothing(c, &told))
		return;
	if (!(flags & MSG_PEEK)) {
		if (!arrivals_take(m, th, c, s, &r, e))
			return;
		l->received += (uint64_t)(r.copied < 0 ? c->bytes : r.copied);
		if (lifecycle_kind(l->type) == KIND_DATAGRAM)
			l->messages_received += messages_in(c, &told, r.length < 0 ? c->bytes : r.length);
		l->truncated += r.cut;
	}
	if (r.cut)
		note_cut(m, &r, e);
}

/* The error queue has what was sent a while ago, and came back. */
static void moved_in(struct model *m, struct thread *th, const struct call *c, struct sock *s, struct event *e)
{
	uint64_t flags = call_msg_flags(c);

	if (c->err == EFAULT) /* it may be gone all the same: udp_recvmsg() */
		arrivals_lose(s);
	if (c->bytes < 0 || flags & MSG_ERRQUEUE)
		return;
	if (s->life.type == SOCK_STREAM)
		stream_in(m, c, &s->life, flags, e);
	else
		datagrams_in(m, th, c, s, flags, e);
}

/* What the peer before has sent is thrown away: net/unix/af_unix.c:unix_dgram_disconnected(). */
static bool leaves_peer(const struct call *c, const struct sock *s)
{
	return (c->verb == VERB_CONNECT || c->verb == VERB_DISSOLVE) && c->outcome == OUTCOME_OK && !c->open &&
	       s->life.family == AF_UNIX && s->state == STATE_CONNECTED;
}

void messages_moved(struct model *m, struct thread *th, const struct call *c, struct sock *s, struct event *e)
{
	if (c->verb == VERB_SEND)
		moved_out(m, th, c, s, e);
	else if (c->verb == VERB_RECV)
		moved_in(m, th, c, s, e);
	else if (leaves_peer(c, s))
		arrivals_purge(s);
}
