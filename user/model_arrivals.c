// SPDX-License-Identifier: GPL-2.0-only
/*
 * Datagrams that came and were not received yet: which send each is of. A socket's queue is first in, first out, so that
 * its copy here tells what a receive took, as long as all that came was told. Where that is not certain nothing is said.
 */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "model_internal.h"

#define ARRIVALS_MAX 4096
#define SENDER_LATE_NS \
	1000000000 /* a sender is told of that long after its datagram came: it may be preempted in between */
#define SOFTIRQ_NS 1000000 /* and what is told of by nobody's call, that long */

struct arrival {
	int64_t told, length;
	uint64_t sk; /* the sender */
	int64_t from, event; /* the sender's id and the sending call's */
	bool unknown; /* it may be any that came */
	bool again; /* the call sent fewer than came */
};

struct inbox {
	struct arrival *items; /* a ring of `room`, a power of two */
	size_t room;
	uint64_t first, end; /* how many went and came in all */
	uint64_t unsure; /* what came before this one may be any of those */
	struct senders senders;
	int64_t taken_event; /* of the last one taken, and how many of its were */
	uint64_t taken_count;
	uint64_t owed; /* so many were received before they were told of */
	int64_t owed_since, owed_until; /* the first and the last of them */
	int64_t blurred; /* which of those that were sent until then was owed is not known */
	bool lost; /* not known any more, for good */
};

static struct arrival *arrival_at(const struct inbox *in, uint64_t i)
{
	return &in->items[i & (in->room - 1)];
}

static void inbox_lose(struct inbox *in)
{
	free(in->items);
	*in = (struct inbox){ .lost = true };
}

void arrivals_purge(struct sock *s)
{
	if (s->inbox)
		s->inbox->first = s->inbox->end;
}

void arrivals_lose(struct sock *s)
{
	if (s->inbox)
		inbox_lose(s->inbox);
}

void arrivals_free(struct sock *s)
{
	if (s->inbox)
		free(s->inbox->items);
	free(s->inbox);
}

/* NULL: it is not known what waits there, because something came before it was told of, or is not told. */
static struct inbox *inbox_of(struct model *m, struct sock *s)
{
	const struct life *l = &s->life;

	if (l->type != SOCK_DGRAM || (l->family != AF_UNIX && l->family != AF_INET && l->family != AF_INET6) ||
	    s->state == STATE_NONE || (l->origin != ORIGIN_SOCKET && l->origin != ORIGIN_SOCKETPAIR))
		return NULL;
	if (!s->inbox)
		s->inbox = model_alloc(m, sizeof(*s->inbox));
	if (s->inbox && s->inbox->owed && m->now - s->inbox->owed_since > SENDER_LATE_NS)
		inbox_lose(s->inbox);
	return s->inbox && !s->inbox->lost ? s->inbox : NULL;
}

static struct arrival *inbox_push(struct model *m, struct inbox *in)
{
	size_t room = in->room ? 2 * in->room : 8;
	struct arrival *items;

	if (in->end - in->first < in->room)
		return arrival_at(in, in->end++);
	items = room <= ARRIVALS_MAX ? model_alloc(m, room * sizeof(*items)) : NULL;
	if (!items) {
		inbox_lose(in);
		return NULL;
	}
	for (uint64_t i = in->first; i < in->end; i++)
		items[i & (room - 1)] = *arrival_at(in, i);
	free(in->items);
	in->items = items;
	in->room = room;
	return arrival_at(in, in->end++);
}

/* Two that are told of within SENDER_LATE_NS may have come in the other order, unless one thread sent both. */
static void thread_sent(struct senders *s, uint32_t tid, int64_t now)
{
	if (!tid || (s->tid && s->tid != tid && now - s->last < SENDER_LATE_NS))
		s->mixed_until = now + SENDER_LATE_NS;
	s->tid = tid;
	s->last = now;
}

/* The receive that took it was told of first. */
static bool arrival_owed(struct inbox *in, int64_t begun)
{
	if (!in->owed || begun > in->owed_until)
		return false;
	in->owed--;
	in->blurred = in->owed_until;
	return true;
}

/* What was sent before it did not come in its call: a queueing discipline holds it, and this may be that. */
static bool is_behind(const struct sock *from, const struct sock *to, int64_t now)
{
	return now < from->silent_until && from->silent_port == address_port(&to->life.local);
}

void arrival_told(struct model *m, const struct rec_fact *r)
{
	struct sock *s = sock_find(m, r->sk), *from = sock_find(m, r->other);
	struct inbox *in = s ? inbox_of(m, s) : NULL;
	struct thread *th = in && from && r->at ? thread_of(m, &r->h, r->at) : NULL;
	int64_t begun = th ? model_time(m, r->at) : m->now - SOFTIRQ_NS;
	struct arrival *a;

	if (!in)
		return;
	thread_sent(&in->senders, th ? th->tid : 0, m->now);
	if (th)
		thread_sent(&from->senders, th->tid, m->now);
	a = arrival_owed(in, begun) ? NULL : inbox_push(m, in);
	if (!a)
		return;
	*a = (struct arrival){ .told = m->now, .unknown = begun <= in->blurred };
	if (!th)
		return;
	a->length = (uint32_t)r->value;
	a->sk = from->sk;
	a->from = from->life.id;
	a->event = event_ahead(m, th, r->at);
	a->unknown |= is_behind(from, s, m->now);
	if (!is_behind(from, s, m->now))
		th->reached = s->sk;
}

/* 0: not known, or none. Of sendmmsg the first address is told. */
static unsigned int port_sent_to(const struct call *c, const struct sock *from)
{
	if (c->row->mem == MEM_MMSG_IN)
		return 0;
	return address_port(c->has_addr && c->addr.len ? &c->addr : &from->life.peer);
}

/* What came while a call sent nothing, or to someone else, is not of it; what came more often than it was sent came again. */
void arrivals_sent(struct model *m, struct thread *th, const struct call *c, struct sock *from, int64_t event,
		   uint64_t messages)
{
	struct sock *s = sock_find(m, th->reached);
	struct inbox *in = s ? s->inbox : NULL;
	unsigned int port = port_sent_to(c, from), own = s ? address_port(&s->life.local) : 0;
	uint64_t i, count;

	if (messages && port && !th->reached) {
		from->silent_until = m->now + SENDER_LATE_NS;
		from->silent_port = port;
	}
	th->reached = 0;
	if (!in)
		return;
	if (port && own && port != own)
		messages = 0;
	for (i = in->end; i > in->first && arrival_at(in, i - 1)->told >= model_time(m, c->enter);)
		i--;
	for (count = in->taken_event == event ? in->taken_count : 0; i < in->end; i++) {
		struct arrival *a = arrival_at(in, i);

		if (a->event != event)
			continue;
		a->again = ++count > messages;
		a->unknown |= !messages;
	}
}

/* No other thread can be receiving on it. */
static bool only_reader(const struct sock *s, const struct thread *th)
{
	const struct life *l = &s->life;

	if (th->table->users != 2 || th->proc->rings) /* a process and its only thread; io_uring has its own */
		return false;
	for (size_t i = l->descriptor_count; s->aliases > 1 && i--;)
		if (l->descriptors[i].to == OPEN && l->descriptors[i].process != th->proc->process.id)
			return false;
	return true;
}

static struct in6_addr host_of(const struct address *a)
{
	struct in6_addr host = { .s6_addr = { [10] = 0xff, 0xff } }; /* IPv4: mapped */

	if (address_family(a) == AF_INET6 && a->len >= sizeof(struct sockaddr_in6))
		memcpy(&host, a->bytes + offsetof(struct sockaddr_in6, sin6_addr), sizeof(host));
	else if (address_family(a) == AF_INET && a->len >= sizeof(struct sockaddr_in))
		memcpy(host.s6_addr + 12, a->bytes + offsetof(struct sockaddr_in, sin_addr), 4);
	return host;
}

static bool is_any(const struct in6_addr *host)
{
	return IN6_IS_ADDR_UNSPECIFIED(host) || (IN6_IS_ADDR_V4MAPPED(host) && !host->s6_addr32[3]);
}

static bool is_named(const struct call *c, const struct receipt *r)
{
	return r->messages == 1 && c->has_addr && c->addr.len && c->addr_got <= c->addr_given;
}

enum named { NOT_KNOWN, THE_SENDER, ANOTHER };

/* Is it the one that the address names? One that is bound to any address sends from that of its host. */
static enum named named_by(const struct call *c, const struct sock *to, const struct sock *from)
{
	const struct address *own = from ? &from->life.local : NULL;
	struct in6_addr host, told;

	if (!own || !own->len)
		return NOT_KNOWN;
	if (address_family(own) == AF_UNIX)
		return address_equal(own, &c->addr) ? THE_SENDER : ANOTHER;
	if (!address_port(own))
		return NOT_KNOWN;
	host = host_of(own);
	told = host_of(&c->addr);
	if (address_port(own) != address_port(&c->addr))
		return ANOTHER;
	if (is_any(&host))
		return from->life.netns == to->life.netns ? THE_SENDER : NOT_KNOWN;
	return IN6_ARE_ADDR_EQUAL(&host, &told) ? THE_SENDER : ANOTHER;
}

static struct sock *sender_of(struct model *m, const struct arrival *a)
{
	struct sock *from = a->from ? sock_find(m, a->sk) : NULL;

	return from && from->life.id == a->from ? from : NULL;
}

/* The first one that the address does not speak against; in->end: there is none. */
static uint64_t arrival_named(struct model *m, const struct inbox *in, const struct sock *s, const struct call *c)
{
	uint64_t i = in->first;

	for (; i < in->end; i++) {
		const struct arrival *a = arrival_at(in, i);

		if (a->unknown || i < in->unsure || named_by(c, s, sender_of(m, a)) != ANOTHER)
			break;
	}
	return i;
}

struct batch { /* what one receive took */
	int64_t length;
	int64_t event; /* 0: not one's */
	bool known, again;
};

static struct batch batch_of(const struct inbox *in, uint64_t at, int messages)
{
	struct batch b = { .event = arrival_at(in, at)->event, .known = at >= in->unsure };

	for (int i = 0; i < messages; i++) {
		const struct arrival *a = arrival_at(in, at + (uint64_t)i);

		b.length += a->length;
		b.again |= a->again;
		b.known &= !a->unknown;
		if (b.event != a->event)
			b.event = 0;
	}
	return b;
}

/* Those before it move up. */
static void inbox_drop(struct inbox *in, uint64_t at, int messages)
{
	for (; messages; messages--, at++) {
		const struct arrival *a = arrival_at(in, at);

		in->taken_count = a->event == in->taken_event ? in->taken_count + 1 : 1;
		in->taken_event = a->event;
		for (uint64_t i = at; i > in->first; i--)
			*arrival_at(in, i) = *arrival_at(in, i - 1);
		in->first++;
	}
}

static void batch_tell(struct model *m, struct inbox *in, const struct batch *b, struct receipt *r, struct event *e)
{
	if (r->length < 0 ? b->length <= r->copied : b->length != r->length) {
		inbox_lose(in);
		return;
	}
	e->sent = b->event;
	if (r->length < 0 && r->messages == 1)
		r->length = b->length;
	if (b->again)
		event_note(m, e, "duplicated");
}

static void receive_owes(struct model *m, struct inbox *in, uint64_t messages)
{
	if (!in->owed)
		in->owed_since = m->now;
	in->owed += messages;
	in->owed_until = m->now;
}

/* Takes those at `at`. others: another thread may have taken one that came before. */
static void receive_takes(struct model *m, struct inbox *in, uint64_t at, bool ordered, bool others, struct receipt *r,
			  struct event *e)
{
	struct batch b = batch_of(in, at, r->messages);

	if (arrival_at(in, at)->told - arrival_at(in, in->first)->told >
	    SENDER_LATE_NS) { /* nobody received the first */
		inbox_lose(in);
		return;
	}
	if (ordered && !others && b.known)
		batch_tell(m, in, &b, r, e);
	if (in->lost)
		return;
	inbox_drop(in, at, r->messages);
	if (!ordered || others)
		in->unsure = in->end;
}

bool arrivals_take(struct model *m, struct thread *th, const struct call *c, struct sock *s, struct receipt *r,
		   struct event *e)
{
	struct inbox *in = inbox_of(m, s);
	uint64_t at, waiting = in ? in->end - in->first : 0, messages = (uint64_t)r->messages;
	unsigned int shutdown = s->view.shutdown | s->view.own_shutdown | (c->view.valid ? c->view.shutdown : 0);
	bool named = is_named(c, r), ordered;
	const struct sock *from;

	if (shutdown & RCV_SHUTDOWN && !r->length && !waiting)
		return false;
	if (!in)
		return true;
	at = named ? arrival_named(m, in, s, c) : in->first;
	if (at == in->end || waiting < messages) {
		receive_owes(m, in, messages - (named ? 0 : waiting));
		if (!named)
			inbox_drop(in, in->first, (int)waiting);
		return true;
	}
	from = sender_of(m, arrival_at(in, at));
	named = named && named_by(c, s, from) == THE_SENDER;
	ordered = arrival_at(in, at)->told >= (named ? from->senders.mixed_until : in->senders.mixed_until);
	receive_takes(m, in, at, ordered, waiting > messages && !only_reader(s, th), r, e);
	return true;
}
