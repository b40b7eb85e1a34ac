/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns the text of a socket in the golden form: nothing of it may depend on chance, so how often a segment was sent again
 * is not in it.
 */
#include <inttypes.h>
#include <string.h>

#include "golden_print.h"
#include "names.h"

static void print_line(struct golden_printer *p, const char *name, const struct address *a)
{
	if (!a->len)
		return;
	fprintf(p->out, "\t%s ", name);
	golden_print_address(p, p->out, a);
	putc('\n', p->out);
}

static void print_other(struct golden_printer *p, const char *name, int64_t id)
{
	if (!id)
		return;
	fprintf(p->out, "\t%s ", name);
	golden_print_name(p, id);
	putc('\n', p->out);
}

static void print_kind(struct golden_printer *p, const struct life *l)
{
	static const char *const roles[] = { "", ", active", ", passive" };
	char family[NAME_MAX_TEXT], type[NAME_MAX_TEXT], protocol[NAME_MAX_TEXT], flags[NAME_MAX_TEXT];

	if (l->known)
		fprintf(p->out, "\t%s, %s, %s", name_family(l->family, family, sizeof(family)),
			name_type(l->type, type, sizeof(type)),
			name_protocol(l->family, l->protocol, protocol, sizeof(protocol)));
	else
		fputs("\tunknown", p->out);
	if (l->flags)
		fprintf(p->out, ", %s", name_arg(ARG_SOCK_FLAGS, l->flags, flags, sizeof(flags)));
	fprintf(p->out, ", from %s%s%s\n", origin_name(l->origin), roles[l->role], l->uncertain ? ", uncertain" : "");
}

static void print_states(struct golden_printer *p, const struct life *l)
{
	const struct golden_event *cause;
	size_t i;

	for (i = 0; i < l->state_count; i++) {
		fprintf(p->out, "\tstate %s", state_name(l->states[i].state));
		cause = l->states[i].cause ? golden_event(p->g, l->states[i].cause) : NULL;
		if (cause) {
			fputs(": ", p->out);
			golden_print_call(p, cause);
		} else if (l->states[i].fact) {
			fprintf(p->out, ": %s", l->states[i].fact);
		}
		putc('\n', p->out);
	}
}

static void print_attempt(struct golden_printer *p, const struct attempt *a)
{
	static const char *const outcomes[] = {
		[ATTEMPT_OPEN] = "open",
		[ATTEMPT_CONNECTED] = "connected",
		[ATTEMPT_INTERRUPTED] = "interrupted",
		[ATTEMPT_ABANDONED] = "abandoned",
	};
	char buf[NAME_MAX_TEXT];

	fputs("\tattempt to ", p->out);
	golden_print_address(p, p->out, &a->peer);
	fprintf(p->out, " returned %s", a->did_return ? name_errno(a->returned, buf, sizeof(buf)) : "never");
	fprintf(p->out, ", outcome %s",
		a->outcome == ATTEMPT_ERROR ? name_errno(a->error, buf, sizeof(buf)) : outcomes[a->outcome]);
	if (a->learned != LEARNED_NOT)
		fprintf(p->out, ", learned by %s", learned_name(a->learned));
	putc('\n', p->out);
}

/* A process after the other: which of two got its descriptor first is chance. */
static void print_descriptors(struct golden_printer *p, const struct life *l)
{
	const struct descriptor *d;
	char buf[NAME_MAX_TEXT];
	size_t rank, i;

	for (rank = 0; rank < p->g->process_count; rank++)
		for (i = 0; i < l->descriptor_count; i++) {
			d = &l->descriptors[i];
			if (d->process != p->g->process_order[rank]->p.id)
				continue;
			fprintf(p->out, "\tdescriptor %s of %s: %s to %s\n",
				name_fd(d->fd, d->direct, buf, sizeof(buf)), p->g->process_order[rank]->name,
				how_name(d->how), end_name(d->end));
		}
}

static size_t sender_rank(const struct golden_printer *p, const struct flight *flight)
{
	const struct golden_event *sent = golden_event(p->g, flight->sent);

	return sent ? sent->rank : GOLDEN_NO_RANK;
}

static void print_flight(struct golden_printer *p, const struct flight *flight)
{
	const struct golden_event *sent = golden_event(p->g, flight->sent);
	const struct golden_event *received = golden_event(p->g, flight->received);

	fputs("\tin flight", p->out);
	if (sent) {
		fputs(": ", p->out);
		golden_print_call(p, sent);
	}
	if (received) {
		fputs(" to ", p->out);
		golden_print_call(p, received);
	} else {
		fputs(flight->to == OPEN ? ", still" : ", never received", p->out);
	}
	putc('\n', p->out);
}

/* By sender, as the descriptors. */
static void print_flights(struct golden_printer *p, const struct life *l)
{
	size_t rank, i;

	for (rank = 0; rank <= p->g->process_count; rank++)
		for (i = 0; i < l->flight_count; i++)
			if (sender_rank(p, &l->flights[i]) == (rank < p->g->process_count ? rank : GOLDEN_NO_RANK))
				print_flight(p, &l->flights[i]);
}

static void print_backlog(struct golden_printer *p, const struct life *l)
{
	if (l->role != ROLE_PASSIVE)
		return;
	if (l->listened)
		fprintf(p->out, "\tbacklog %" PRId64, l->backlog_asked);
	else
		fputs("\tbacklog not known", p->out);
	if (l->backlog_effective >= 0)
		fprintf(p->out, ", effective %" PRId64, l->backlog_effective);
	if (l->deepest >= 0)
		fprintf(p->out, ", deepest %" PRId64, l->deepest);
	if (l->unaccepted >= 0)
		fprintf(p->out, ", not accepted %" PRId64, l->unaccepted);
	/* How often is chance: clients try again. */
	fputs(l->overflows > 0 ? ", overflowed\n" : "\n", p->out);
}

static void print_traffic(struct golden_printer *p, const struct life *l)
{
	if (l->origin == ORIGIN_SNAPSHOT && l->found_unread > 0)
		fprintf(p->out, "\tfound with %" PRId64 " bytes unread\n", l->found_unread);
	fprintf(p->out, "\tbytes sent %" PRIu64 ", received %" PRIu64 "\n", l->sent, l->received);
	if (l->known && lifecycle_kind(l->type) == KIND_DATAGRAM)
		fprintf(p->out, "\tmessages sent %" PRIu64 ", received %" PRIu64 ", truncated %" PRIu64 "\n",
			l->messages_sent, l->messages_received, l->truncated);
	if (l->dropped)
		fprintf(p->out, "\tmessages dropped %" PRIu64 "\n", l->dropped);
	if (l->unread > 0)
		fprintf(p->out, "\tbytes unread %" PRId64 "\n", l->unread);
}

static bool same_reset(const struct reset *a, const struct reset *b)
{
	return a->sent == b->sent && !a->reason == !b->reason && (!a->reason || !strcmp(a->reason, b->reason));
}

/* Once the call that closed it returned: it is chance how long the kernel keeps it, and tells of it. */
static bool is_late(const struct golden_printer *p, const struct life *l, int64_t t)
{
	const struct state_span *last = l->state_count ? &l->states[l->state_count - 1] : NULL;
	const struct golden_event *close = last ? golden_event(p->g, last->cause) : NULL;

	return close && last->state == STATE_CLOSED && close->e.dur >= 0 && t > close->e.t + close->e.dur;
}

/* Which one was first is chance, and so is how often. */
static void print_resets(struct golden_printer *p, const struct life *l, bool sent)
{
	const struct reset *reset;
	size_t i, k;

	for (i = 0; i < l->reset_count; i++) {
		reset = &l->resets[i];
		for (k = 0; !same_reset(&l->resets[k], reset); k++)
			;
		if (k < i || reset->sent != sent || is_late(p, l, reset->t))
			continue;
		fprintf(p->out, "\treset %s", sent ? "sent" : "received");
		if (reset->reason) {
			fputs(": ", p->out);
			text_print(p->out, reset->reason, strlen(reset->reason));
		}
		putc('\n', p->out);
	}
}

static void print_errors(struct golden_printer *p, const struct life *l)
{
	char buf[NAME_MAX_TEXT];
	size_t i, k;

	for (i = 0; i < l->error_count; i++) {
		for (k = 0; l->errors[k].error != l->errors[i].error; k++)
			;
		if (k == i && !is_late(p, l, l->errors[i].t))
			fprintf(p->out, "\terror queued %s\n", name_errno(l->errors[i].error, buf, sizeof(buf)));
	}
}

void golden_print_life(struct golden_printer *p, const struct life *l)
{
	size_t i;

	fputs("socket ", p->out);
	golden_print_name(p, l->id);
	putc('\n', p->out);
	print_kind(p, l);
	print_line(p, "local", &l->local);
	print_line(p, "peer", &l->peer);
	print_other(p, "peer socket", l->peer_socket);
	print_other(p, "listener", l->listener);
	if (l->origin == ORIGIN_ACCEPT && l->queued_from >= 0)
		fputs("\twaited in the queue\n", p->out);
	print_backlog(p, l);
	print_states(p, l);
	for (i = 0; i < l->peer_count; i++)
		print_line(p, "peer span", &l->peers[i].peer);
	for (i = 0; i < l->attempt_count; i++)
		print_attempt(p, &l->attempts[i]);
	print_descriptors(p, l);
	print_flights(p, l);
	print_traffic(p, l);
	print_resets(p, l, true);
	print_resets(p, l, false);
	print_errors(p, l);
	if (l->closed == OPEN)
		fputs("\tnot closed\n", p->out);
	else
		fprintf(p->out, "\tclosed by %s%s%s\n", end_name(l->closed_by), l->held ? ", held by a call" : "",
			l->held_io_uring ? ", held by io_uring" : "");
}
