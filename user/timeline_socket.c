/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns which fields a socket has in JSON.
 */
#include <stdio.h>
#include <sys/socket.h>

#include "names.h"
#include "timeline.h"

static void add_kind(cJSON *object, const struct life *life)
{
	char buf[NAME_MAX_TEXT];

	if (!life->known) {
		json_null(object, "family");
		json_null(object, "type");
		json_null(object, "protocol");
	} else {
		json_name(object, "family", name_family(life->family, buf, sizeof(buf)));
		json_name(object, "type", name_type(life->type, buf, sizeof(buf)));
		json_name(object, "protocol", name_protocol(life->family, life->protocol, buf, sizeof(buf)));
	}
	json_name(object, "flags", name_arg(ARG_SOCK_FLAGS, life->flags, buf, sizeof(buf)));
	if (life->known)
		json_size(object, "netns", life->netns);
	else
		json_null(object, "netns");
}

static void add_inode(cJSON *object, uint64_t inode)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)inode);
	json_string(object, "inode", inode ? text : NULL);
}

static void add_ends(cJSON *object, const struct life *life)
{
	if (life->local.len)
		timeline_address(object, "local", &life->local);
	if (life->peer.len)
		timeline_address(object, "peer", &life->peer);
	if (life->peer_socket)
		json_int(object, "peer_socket", life->peer_socket);
	if (life->listener || life->origin == ORIGIN_ACCEPT)
		json_id(object, "listener", life->listener);
}

static void add_backlog(cJSON *object, const struct life *life)
{
	cJSON *backlog;

	if (life->role != ROLE_PASSIVE)
		return;
	backlog = json_object(object, "backlog");
	if (life->listened)
		json_int(backlog, "asked", life->backlog_asked);
	else
		json_null(backlog, "asked");
	json_known(backlog, "effective", life->backlog_effective);
	json_known(backlog, "deepest", life->deepest);
	json_known(backlog, "unaccepted", life->unaccepted);
	json_known(backlog, "overflows", life->overflows);
}

static void add_queue(cJSON *object, const struct life *life)
{
	cJSON *queue, *one;
	size_t i;

	if (life->role != ROLE_PASSIVE)
		return;
	queue = json_array(object, "queue");
	for (i = 0; i < life->queue_count; i++) {
		one = json_array(queue, NULL);
		json_int(one, NULL, life->queue[i].t);
		json_int(one, NULL, life->queue[i].depth);
	}
}

static void add_queued(cJSON *object, const struct life *life)
{
	cJSON *queued;

	if (life->origin != ORIGIN_ACCEPT)
		return;
	queued = json_object(object, "queued");
	json_known(queued, "from", life->queued_from);
	json_known(queued, "to", life->queued_to);
}

static void add_states(cJSON *object, const struct life *life)
{
	cJSON *states = json_array(object, "states"), *one;
	const struct state_span *span;
	size_t i;

	for (i = 0; i < life->state_count; i++) {
		span = &life->states[i];
		one = json_object(states, NULL);
		json_text(one, "state", state_name(span->state));
		json_known(one, "from", span->from);
		json_known(one, "to", span->to);
		if (span->cause)
			json_int(one, "cause", span->cause);
		else
			json_text(one, "cause", span->fact);
	}
}

static void add_peers(cJSON *object, const struct life *life)
{
	cJSON *peers = json_array(object, "peers"), *one;
	size_t i;

	for (i = 0; i < life->peer_count; i++) {
		one = json_object(peers, NULL);
		timeline_address(one, "peer", &life->peers[i].peer);
		json_known(one, "from", life->peers[i].from);
		json_known(one, "to", life->peers[i].to);
	}
}

static void add_outcome(cJSON *object, const struct attempt *attempt)
{
	static const char *const names[] = {
		[ATTEMPT_OPEN] = NULL,
		[ATTEMPT_CONNECTED] = "connected",
		[ATTEMPT_INTERRUPTED] = "interrupted",
		[ATTEMPT_ABANDONED] = "abandoned",
	};
	char buf[NAME_MAX_TEXT];

	if (attempt->outcome == ATTEMPT_ERROR)
		json_name(object, "outcome", name_errno(attempt->error, buf, sizeof(buf)));
	else
		json_text(object, "outcome", names[attempt->outcome]);
}

static void add_attempt(cJSON *object, const struct attempt *attempt)
{
	char buf[NAME_MAX_TEXT];
	cJSON *learned;

	json_known(object, "from", attempt->from);
	json_known(object, "to", attempt->to);
	timeline_address(object, "peer", &attempt->peer);
	if (attempt->did_return)
		json_name(object, "returned", name_errno(attempt->returned, buf, sizeof(buf)));
	else
		json_null(object, "returned");
	add_outcome(object, attempt);
	if (attempt->learned == LEARNED_NOT)
		return json_null(object, "learned");
	learned = json_object(object, "learned");
	json_known(learned, "t", attempt->learned_t);
	json_text(learned, "how", learned_name(attempt->learned));
}

static void add_attempts(cJSON *object, const struct life *life)
{
	cJSON *attempts = json_array(object, "attempts");
	size_t i;

	for (i = 0; i < life->attempt_count; i++)
		add_attempt(json_object(attempts, NULL), &life->attempts[i]);
}

static void add_descriptors(cJSON *object, const struct life *life)
{
	cJSON *descriptors = json_array(object, "descriptors"), *one;
	const struct descriptor *d;
	size_t i;

	for (i = 0; i < life->descriptor_count; i++) {
		d = &life->descriptors[i];
		one = json_object(descriptors, NULL);
		json_id(one, "process", d->process);
		timeline_fd(one, "fd", d->fd, d->direct);
		json_known(one, "from", d->from);
		json_known(one, "to", d->to);
		json_text(one, "how", how_name(d->how));
		json_text(one, "end", end_name(d->end));
	}
}

static void add_flights(cJSON *object, const struct life *life)
{
	cJSON *flights = json_array(object, "in_flight"), *one;
	const struct flight *flight;
	size_t i;

	for (i = 0; i < life->flight_count; i++) {
		flight = &life->flights[i];
		one = json_object(flights, NULL);
		json_known(one, "from", flight->from);
		json_known(one, "to", flight->to);
		json_id(one, "sent", flight->sent);
		json_id(one, "received", flight->received);
	}
}

static void add_traffic(cJSON *object, const struct life *life)
{
	cJSON *bytes = json_object(object, "bytes"), *messages;

	json_size(bytes, "sent", life->sent);
	json_size(bytes, "received", life->received);
	if (!life->known || lifecycle_kind(life->type) != KIND_DATAGRAM)
		return;
	messages = json_object(object, "messages");
	json_size(messages, "sent", life->messages_sent);
	json_size(messages, "received", life->messages_received);
	json_size(messages, "truncated", life->truncated);
	json_size(messages, "dropped", life->dropped);
}

static bool is_inet(const struct life *life)
{
	return life->known && (life->family == AF_INET || life->family == AF_INET6);
}

static bool is_tcp(const struct life *life)
{
	return is_inet(life) && life->type == SOCK_STREAM;
}

static void add_resets(cJSON *object, const struct life *life)
{
	cJSON *resets = json_array(object, "resets"), *one;
	size_t i;

	for (i = 0; i < life->reset_count; i++) {
		one = json_object(resets, NULL);
		json_int(one, "t", life->resets[i].t);
		json_text(one, "dir", life->resets[i].sent ? "sent" : "received");
		json_string(one, "reason", life->resets[i].reason);
	}
}

static void add_errors(cJSON *object, const struct life *life)
{
	cJSON *errors = json_array(object, "errors"), *one;
	char buf[NAME_MAX_TEXT];
	size_t i;

	for (i = 0; i < life->error_count; i++) {
		one = json_object(errors, NULL);
		json_int(one, "t", life->errors[i].t);
		json_name(one, "error", name_errno(life->errors[i].error, buf, sizeof(buf)));
	}
}

/* What the kernel tells of: retransmissions and resets of TCP, errors of the internet's families. */
static void add_trouble(cJSON *object, const struct life *life)
{
	if (is_tcp(life)) {
		json_size(object, "retransmits", life->retransmits);
		add_resets(object, life);
	}
	if (is_inet(life))
		add_errors(object, life);
}

static void add_found(cJSON *object, const struct life *life)
{
	cJSON *found;

	if (life->origin != ORIGIN_SNAPSHOT)
		return;
	found = json_object(object, "found");
	json_known(found, "unread", life->found_unread);
	json_known(found, "unsent", life->found_unsent);
}

static void add_closed(cJSON *object, const struct life *life)
{
	cJSON *closed, *held;

	if (life->closed == OPEN)
		return json_null(object, "closed");
	closed = json_object(object, "closed");
	json_known(closed, "t", life->closed);
	json_text(closed, "by", end_name(life->closed_by));
	json_known(closed, "unread", life->unread);
	if (is_tcp(life))
		json_known(closed, "unsent", life->unsent);
	held = json_array(closed, "held");
	if (life->held)
		json_text(held, NULL, "call");
	if (life->held_io_uring)
		json_text(held, NULL, "io_uring");
}

static void add_omitted(cJSON *object, const struct life *life)
{
	static const char *const names[HISTORIES] = {
		[HISTORY_STATES] = "states",           [HISTORY_PEERS] = "peers",       [HISTORY_ATTEMPTS] = "attempts",
		[HISTORY_DESCRIPTORS] = "descriptors", [HISTORY_FLIGHTS] = "in_flight",
	};
	cJSON *omitted = NULL;
	size_t i;

	for (i = 0; i < HISTORIES; i++) {
		if (!life->omitted[i])
			continue;
		omitted = omitted ? omitted : json_object(object, "omitted");
		json_size(omitted, names[i], life->omitted[i]);
	}
}

void timeline_socket(cJSON *object, const struct life *life)
{
	static const char *const roles[] = { [ROLE_ACTIVE] = "active", [ROLE_PASSIVE] = "passive" };

	json_int(object, "id", life->id);
	add_inode(object, life->inode);
	add_kind(object, life);
	json_text(object, "origin", origin_name(life->origin));
	add_found(object, life);
	if (life->role != ROLE_NONE)
		json_text(object, "role", roles[life->role]);
	add_ends(object, life);
	add_backlog(object, life);
	add_queue(object, life);
	add_queued(object, life);
	add_states(object, life);
	add_peers(object, life);
	add_attempts(object, life);
	add_descriptors(object, life);
	add_flights(object, life);
	add_traffic(object, life);
	add_trouble(object, life);
	add_closed(object, life);
	add_omitted(object, life);
	json_bool(object, "uncertain", life->uncertain);
}
