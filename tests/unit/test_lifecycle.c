/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of user/lifecycle.c: properties over the whole product of their inputs, and the notable
 * single rules by name. The source is included for its tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define LIFECYCLE_TEST
#include "../../user/lifecycle.c"

struct input {
	enum state state;
	enum verb verb;
	enum outcome outcome;
	enum fact fact;
};

#define PRODUCT (STATES * VERBS * OUTCOMES * FACTS)

static struct input input_nth(unsigned int n)
{
	return (struct input){
		.state = n % STATES,
		.verb = n / STATES % VERBS,
		.outcome = n / STATES / VERBS % OUTCOMES,
		.fact = n / STATES / VERBS / OUTCOMES,
	};
}

static enum state input_next(enum socket_kind kind, struct input in)
{
	return lifecycle_next(kind, in.state, in.verb, in.outcome, in.fact);
}

/* Is the fact one that lifecycle_fact() gives for this kind? */
static bool fact_possible(enum socket_kind kind, enum fact fact)
{
	return kind == KIND_STREAM || fact <= FACT_IDLE_BOUND || fact == FACT_CONNECTED;
}

static unsigned int first_match(const struct rule *rules, unsigned int count, struct input in)
{
	unsigned int i = 0;

	while (i < count && !rule_matches(&rules[i], in.state, in.verb, in.outcome, in.fact))
		i++;
	return i;
}

static void assert_no_shadow(enum socket_kind kind, const struct rule *rules, unsigned int count)
{
	bool hit[64] = { false };

	assert_true(count < COUNT(hit));
	for (unsigned int n = 0; n < PRODUCT; n++)
		if (fact_possible(kind, input_nth(n).fact))
			hit[first_match(rules, count, input_nth(n))] = true;
	for (unsigned int i = 0; i < count; i++)
		if (!hit[i])
			fail_msg("kind %d: row %u is never the first match", kind, i);
}

static void no_row_is_shadowed(void **arg)
{
	(void)arg;
	assert_no_shadow(KIND_STREAM, stream_rules, stream_rule_count);
	assert_no_shadow(KIND_DATAGRAM, datagram_rules, datagram_rule_count);
}

/* The states that a walk from NONE comes to. */
static unsigned int reachable(enum socket_kind kind)
{
	unsigned int seen = S(NONE), before;

	do {
		before = seen;
		for (unsigned int n = 0; n < PRODUCT; n++) {
			struct input in = input_nth(n);
			enum state next = input_next(kind, in);

			if (seen >> in.state & 1 && fact_possible(kind, in.fact) && next != STATES)
				seen |= 1u << next;
		}
	} while (seen != before);
	return seen;
}

static void every_stream_state_is_reachable(void **arg)
{
	(void)arg;
	assert_int_equal(reachable(KIND_STREAM), (1u << STATES) - 1);
}

static void a_datagram_socket_has_no_other_states_than_its_four(void **arg)
{
	(void)arg;
	assert_int_equal(reachable(KIND_DATAGRAM), S(NONE) | S(CREATED) | S(BOUND) | S(CONNECTED) | S(CLOSED));
}

/* Is it a later call on a socket that is there? */
static bool is_live(struct input in)
{
	return LIVE >> in.state & LATER >> in.verb & 1;
}

/* Hands every input of both kinds, and what the rules make of it, to a check. */
static void check_product(void (*check)(enum socket_kind kind, struct input in, enum state next))
{
	for (int kind = KIND_STREAM; kind <= KIND_DATAGRAM; kind++)
		for (unsigned int n = 0; n < PRODUCT; n++)
			check(kind, input_nth(n), input_next(kind, input_nth(n)));
}

static void check_result(enum socket_kind kind, struct input in, enum state next)
{
	(void)kind;
	(void)in;
	assert_true(next <= STATES);
	assert_int_not_equal(next, STATE_NONE);
}

static void every_result_is_a_state_that_exists_or_an_anomaly(void **arg)
{
	(void)arg;
	check_product(check_result);
}

static void check_closed(enum socket_kind kind, struct input in, enum state next)
{
	(void)kind;
	assert_int_equal(next == STATE_CLOSED, in.state == STATE_CLOSED || in.verb == VERB_LAST_CLOSE);
}

static void closed_absorbs_everything_and_only_the_last_close_closes(void **arg)
{
	(void)arg;
	check_product(check_closed);
}

static void check_birth(enum socket_kind kind, struct input in, enum state next)
{
	(void)kind;
	if (LIVE >> in.state & BIRTH >> in.verb & 1)
		assert_int_equal(next, STATES);
	if (in.state == STATE_NONE && !((BIRTH | V(FOUND) | V(LAST_CLOSE)) >> in.verb & 1))
		assert_int_equal(next, STATES);
}

static void a_birth_happens_once_and_first(void **arg)
{
	(void)arg;
	check_product(check_birth);
}

/* After a loss the next call with a view puts the state right: a link that the kernel has is never contradicted. */
static void check_kernel(enum socket_kind kind, struct input in, enum state next)
{
	static const enum state says[FACTS] = {
		[FACT_LISTENING] = STATE_LISTENING,           [FACT_CONNECTING] = STATE_CONNECTING,
		[FACT_CONNECTED] = STATE_CONNECTED,           [FACT_LOCAL_ENDED] = STATE_HALF_CLOSED_LOCAL,
		[FACT_PEER_ENDED] = STATE_HALF_CLOSED_REMOTE, [FACT_BOTH_ENDED] = STATE_DISCONNECTED,
	};

	if (says[in.fact] && is_live(in) && in.verb != VERB_LAST_CLOSE && fact_possible(kind, in.fact))
		assert_int_equal(next, says[in.fact]);
}

static void the_kernels_word_is_final(void **arg)
{
	(void)arg;
	check_product(check_kernel);
}

static void check_explained(enum socket_kind kind, struct input in, enum state next)
{
	if (is_live(in) && in.fact != FACT_UNKNOWN && fact_possible(kind, in.fact))
		assert_int_not_equal(next, STATES);
	if (is_live(in) && BAD >> in.outcome & 1)
		assert_int_not_equal(next, STATES);
}

static void a_call_that_failed_or_has_a_view_is_never_an_anomaly(void **arg)
{
	(void)arg;
	check_product(check_explained);
}

/* The notable rules: from, verb, outcome, fact -> to. */
struct step {
	enum state from;
	enum verb verb;
	enum outcome outcome;
	enum fact fact;
	enum state to;
};

struct behaviour {
	const char *name;
	enum socket_kind kind;
	struct step steps[14]; /* ended by one from NONE to NONE */
};

#define STEP(from, verb, outcome, fact, to) \
	{ \
		STATE_##from, VERB_##verb, OUTCOME_##outcome, FACT_##fact, STATE_##to \
	}
#define STATE_ANOMALY STATES

/* clang-format off */
static const struct behaviour behaviours[] = {
	{ "a server binds and listens", KIND_STREAM, {
		STEP(NONE, CREATE, OK, IDLE, CREATED),
		STEP(CREATED, BIND, OK, IDLE_BOUND, BOUND),
		STEP(CREATED, BIND, OK, IDLE, BOUND), /* IP_BIND_ADDRESS_NO_PORT */
		STEP(BOUND, CONTROL, OK, IDLE, BOUND),
		STEP(CREATED, BIND, ERROR, IDLE, CREATED),
		STEP(BOUND, LISTEN, OK, LISTENING, LISTENING),
		STEP(CREATED, LISTEN, OK, LISTENING, LISTENING),
		STEP(LISTENING, LISTEN, OK, LISTENING, LISTENING),
		STEP(LISTENING, ACCEPT, OK, LISTENING, LISTENING),
		STEP(LISTENING, ACCEPT, AGAIN, LISTENING, LISTENING),
		STEP(LISTENING, CONNECT, ERROR, LISTENING, LISTENING),
		STEP(CONNECTED, LISTEN, ERROR, CONNECTED, CONNECTED) } },
	{ "an accepted socket is connected from birth", KIND_STREAM, {
		STEP(NONE, ACCEPTED, OK, CONNECTED, CONNECTED),
		STEP(NONE, ACCEPTED, OK, UNKNOWN, CONNECTED), /* Fast Open: SYN_RECV */
		STEP(NONE, ACCEPTED, OK, PEER_ENDED, HALF_CLOSED_REMOTE),
		STEP(NONE, ACCEPTED, OK, IDLE_BOUND, DISCONNECTED) /* reset while it waited */ } },
	{ "a pair of streams is connected from birth", KIND_STREAM, { STEP(NONE, PAIR, OK, CONNECTED, CONNECTED) } },
	{ "a stream found starts where the kernel has it", KIND_STREAM, {
		STEP(NONE, FOUND, OK, UNKNOWN, CREATED),
		STEP(NONE, FOUND, OK, IDLE_BOUND, BOUND),
		STEP(NONE, FOUND, OK, LISTENING, LISTENING),
		STEP(NONE, FOUND, OK, CONNECTING, CONNECTING),
		STEP(NONE, FOUND, OK, CONNECTED, CONNECTED),
		STEP(NONE, FOUND, OK, LOCAL_ENDED, HALF_CLOSED_LOCAL),
		STEP(NONE, FOUND, OK, BOTH_ENDED, DISCONNECTED) } },
	{ "a blocking connect is connecting while it waits", KIND_STREAM, {
		STEP(CREATED, START, OK, IDLE, CONNECTING),
		STEP(CONNECTING, CONNECT, OK, CONNECTED, CONNECTED),
		STEP(CONNECTING, CONNECT, OK, PEER_ENDED, HALF_CLOSED_REMOTE),
		STEP(CONNECTING, CONNECT, OK, IDLE_BOUND, DISCONNECTED), /* reset at once */
		STEP(CONNECTING, CONNECT, ERROR, IDLE, FAILED),
		STEP(FAILED, START, OK, IDLE, CONNECTING),
		STEP(CREATED, CONNECT, ERROR, IDLE, FAILED) } },
	{ "an interrupted connect goes on where the kernel says so", KIND_STREAM, {
		STEP(CONNECTING, CONNECT, INTERRUPTED, CONNECTING, CONNECTING),
		STEP(CONNECTING, CONNECT, INTERRUPTED, IDLE, FAILED) /* unix */ } },
	{ "a unix connect that finds the backlog full fails", KIND_STREAM, {
		STEP(CONNECTING, CONNECT, AGAIN, IDLE, FAILED) } },
	{ "a non-blocking connect is learned by any call", KIND_STREAM, {
		STEP(CONNECTING, CONNECT, PENDING, CONNECTING, CONNECTING),
		STEP(CONNECTING, CONNECT, PENDING, IDLE, FAILED), /* refused before it returned */
		STEP(CONNECTING, CONTROL, OK, CONNECTED, CONNECTED),
		STEP(CONNECTING, CONTROL, OK, IDLE, FAILED),
		STEP(CONNECTING, RECV, AGAIN, PEER_ENDED, HALF_CLOSED_REMOTE),
		STEP(CONNECTING, START, OK, IDLE, CONNECTING), /* a second connect() asks */
		STEP(CONNECTING, CONNECT, ERROR, CONNECTED, CONNECTED) /* EISCONN */ } },
	{ "connect on a connected or lost stream changes nothing", KIND_STREAM, {
		STEP(CONNECTED, START, OK, CONNECTED, CONNECTED),
		STEP(CONNECTED, CONNECT, ERROR, CONNECTED, CONNECTED),
		STEP(HALF_CLOSED_REMOTE, CONNECT, ERROR, PEER_ENDED, HALF_CLOSED_REMOTE),
		STEP(DISCONNECTED, START, OK, IDLE_BOUND, DISCONNECTED),
		STEP(DISCONNECTED, CONNECT, ERROR, IDLE_BOUND, DISCONNECTED) } },
	{ "AF_UNSPEC makes a stream new again", KIND_STREAM, {
		STEP(CONNECTED, DISSOLVE, OK, IDLE, CREATED),
		STEP(DISCONNECTED, DISSOLVE, OK, IDLE_BOUND, BOUND),
		STEP(LISTENING, DISSOLVE, OK, IDLE_BOUND, BOUND),
		STEP(CONNECTED, DISSOLVE, ERROR, CONNECTED, CONNECTED) } },
	{ "a Fast Open send connects", KIND_STREAM, {
		STEP(CREATED, SEND, OK, CONNECTED, CONNECTED),
		STEP(CREATED, SEND, PENDING, CONNECTING, CONNECTING),
		STEP(CONNECTING, CONNECT, OK, CONNECTING, CONNECTING) /* TCP_FASTOPEN_CONNECT */ } },
	{ "each direction ends alone", KIND_STREAM, {
		STEP(CONNECTED, SHUT_WR, OK, LOCAL_ENDED, HALF_CLOSED_LOCAL),
		STEP(HALF_CLOSED_LOCAL, RECV, EOF, IDLE_BOUND, DISCONNECTED),
		STEP(CONNECTED, RECV, EOF, PEER_ENDED, HALF_CLOSED_REMOTE),
		STEP(HALF_CLOSED_REMOTE, SHUT_WR, OK, BOTH_ENDED, DISCONNECTED),
		STEP(CONNECTED, SHUT_RD, OK, CONNECTED, CONNECTED),
		STEP(CONNECTED, SHUT_RDWR, OK, BOTH_ENDED, DISCONNECTED),
		STEP(CONNECTED, RECV, ERROR, IDLE_BOUND, DISCONNECTED) /* ECONNRESET */ } },
	{ "an eof that the kernel denies is a message of no bytes", KIND_STREAM, {
		STEP(CONNECTED, RECV, EOF, CONNECTED, CONNECTED) /* seqpacket */ } },
	{ "shutdown disconnects a TCP listener", KIND_STREAM, {
		STEP(LISTENING, SHUT_RD, OK, IDLE_BOUND, BOUND),
		STEP(LISTENING, SHUT_RDWR, OK, IDLE, CREATED),
		STEP(LISTENING, SHUT_WR, OK, LISTENING, LISTENING),
		STEP(LISTENING, ACCEPT, ERROR, IDLE_BOUND, BOUND) } },
	{ "descriptors do not change the state", KIND_STREAM, {
		STEP(CREATED, DUP, OK, UNKNOWN, CREATED),
		STEP(LISTENING, CLOSE, OK, UNKNOWN, LISTENING),
		STEP(CONNECTED, FCNTL, OK, UNKNOWN, CONNECTED),
		STEP(CONNECTED, LAST_CLOSE, OK, CONNECTED, CLOSED) } },

	/* no view: vsock and others, or the descriptor was gone at the exit */
	{ "without a view calls open a connection", KIND_STREAM, {
		STEP(CREATED, BIND, OK, UNKNOWN, BOUND),
		STEP(CONNECTED, BIND, OK, UNKNOWN, CONNECTED),
		STEP(BOUND, LISTEN, OK, UNKNOWN, LISTENING),
		STEP(LISTENING, ACCEPT, OK, UNKNOWN, LISTENING),
		STEP(CREATED, START, OK, UNKNOWN, CONNECTING),
		STEP(CONNECTING, CONNECT, OK, UNKNOWN, CONNECTED),
		STEP(CREATED, CONNECT, PENDING, UNKNOWN, CONNECTING),
		STEP(CREATED, CONNECT, INTERRUPTED, UNKNOWN, CONNECTING),
		STEP(CONNECTING, CONNECT, AGAIN, UNKNOWN, FAILED),
		STEP(CONNECTING, CONNECT, ERROR, UNKNOWN, FAILED),
		STEP(CONNECTING, SEND, OK, UNKNOWN, CONNECTED),
		STEP(CONNECTED, DISSOLVE, OK, UNKNOWN, CREATED),
		STEP(BOUND, DISSOLVE, OK, UNKNOWN, BOUND) } },
	{ "without a view calls end a connection", KIND_STREAM, {
		STEP(CONNECTED, SEND, OK, UNKNOWN, CONNECTED),
		STEP(CONNECTED, SEND, ERROR, UNKNOWN, CONNECTED),
		STEP(CONNECTED, SHUT_RD, OK, UNKNOWN, CONNECTED),
		STEP(CONNECTED, SHUT_WR, OK, UNKNOWN, HALF_CLOSED_LOCAL),
		STEP(HALF_CLOSED_LOCAL, RECV, EOF, UNKNOWN, DISCONNECTED),
		STEP(CONNECTED, RECV, EOF, UNKNOWN, HALF_CLOSED_REMOTE),
		STEP(HALF_CLOSED_REMOTE, RECV, EOF, UNKNOWN, HALF_CLOSED_REMOTE),
		STEP(HALF_CLOSED_REMOTE, SHUT_WR, OK, UNKNOWN, DISCONNECTED),
		STEP(CONNECTED, SHUT_RDWR, OK, UNKNOWN, DISCONNECTED) } },
	{ "an algorithm socket accepts without listen", KIND_STREAM, { STEP(BOUND, ACCEPT, OK, UNKNOWN, BOUND) } },
	{ "what is not allowed and no view explains is an anomaly", KIND_STREAM, {
		STEP(CREATED, ACCEPT, OK, UNKNOWN, ANOMALY),
		STEP(CONNECTED, LISTEN, OK, UNKNOWN, ANOMALY),
		STEP(CREATED, SEND, OK, UNKNOWN, ANOMALY),
		STEP(HALF_CLOSED_LOCAL, SEND, OK, UNKNOWN, ANOMALY),
		STEP(LISTENING, RECV, OK, UNKNOWN, ANOMALY),
		STEP(CONNECTED, CONNECT, OK, UNKNOWN, ANOMALY),
		STEP(CONNECTED, CREATE, OK, CONNECTED, ANOMALY),
		STEP(NONE, SEND, OK, CONNECTED, ANOMALY) } },

	{ "a datagram socket is born created, or connected as a pair", KIND_DATAGRAM, {
		STEP(NONE, CREATE, OK, IDLE, CREATED),
		STEP(NONE, PAIR, OK, CONNECTED, CONNECTED),
		STEP(NONE, FOUND, OK, UNKNOWN, CREATED),
		STEP(NONE, FOUND, OK, IDLE_BOUND, BOUND),
		STEP(NONE, FOUND, OK, CONNECTED, CONNECTED) } },
	{ "a datagram connect is one-sided and repeatable", KIND_DATAGRAM, {
		STEP(CREATED, START, OK, IDLE, CREATED),
		STEP(CREATED, CONNECT, OK, CONNECTED, CONNECTED),
		STEP(CONNECTED, CONNECT, OK, CONNECTED, CONNECTED),
		STEP(CONNECTED, CONNECT, ERROR, CONNECTED, CONNECTED),
		STEP(CONNECTED, DISSOLVE, OK, IDLE, CREATED),
		STEP(CONNECTED, DISSOLVE, OK, IDLE_BOUND, BOUND),
		STEP(BOUND, DISSOLVE, OK, IDLE, CREATED) /* a send had bound it */ } },
	{ "a datagram send binds even when it fails", KIND_DATAGRAM, {
		STEP(CREATED, SEND, OK, IDLE_BOUND, BOUND),
		STEP(CREATED, SEND, ERROR, IDLE_BOUND, BOUND), /* EDESTADDRREQ */
		STEP(CREATED, SEND, OK, IDLE, CREATED) /* unix does not bind */ } },
	{ "a unix datagram peer that is gone is forgotten by the send", KIND_DATAGRAM, {
		STEP(CONNECTED, SEND, ERROR, IDLE, CREATED),
		STEP(CONNECTED, SEND, ERROR, IDLE_BOUND, BOUND) } },
	{ "an empty datagram and shutdown change nothing", KIND_DATAGRAM, {
		STEP(BOUND, RECV, EOF, IDLE_BOUND, BOUND),
		STEP(CONNECTED, RECV, EOF, UNKNOWN, CONNECTED),
		STEP(CONNECTED, SHUT_RDWR, OK, CONNECTED, CONNECTED) } },
	{ "without a view netlink and packet sockets follow their calls", KIND_DATAGRAM, {
		STEP(CREATED, BIND, OK, UNKNOWN, BOUND),
		STEP(CREATED, BIND, OK, IDLE, BOUND), /* IP_BIND_ADDRESS_NO_PORT */
		STEP(BOUND, CONNECT, OK, UNKNOWN, CONNECTED),
		STEP(CONNECTED, DISSOLVE, OK, UNKNOWN, CREATED),
		STEP(BOUND, CONTROL, OK, UNKNOWN, BOUND),
		STEP(BOUND, LISTEN, OK, UNKNOWN, ANOMALY),
		STEP(BOUND, ACCEPT, OK, UNKNOWN, ANOMALY) } },
};
/* clang-format on */

static void behaves(void **arg)
{
	const struct behaviour *behaviour = *arg;

	for (const struct step *s = behaviour->steps; s->to != STATE_NONE; s++) {
		enum state next = lifecycle_next(behaviour->kind, s->from, s->verb, s->outcome, s->fact);

		if (next != s->to)
			fail_msg("%s + %s %s (%s) gives %s, not %s", state_name(s->from), verb_name(s->verb),
				 outcome_name(s->outcome), fact_name(s->fact),
				 next == STATES ? "an anomaly" : state_name(next),
				 s->to == STATES ? "an anomaly" : state_name(s->to));
	}
}

static void everything_has_a_name(void **arg)
{
	(void)arg;
	for (int i = 0; i < STATES; i++)
		assert_non_null(state_name(i));
	for (int i = 0; i < VERBS; i++)
		assert_non_null(verb_name(i));
	for (int i = 0; i < OUTCOMES; i++)
		assert_non_null(outcome_name(i));
	for (int i = 0; i < FACTS; i++)
		assert_non_null(fact_name(i));
	assert_string_equal(state_name(STATE_HALF_CLOSED_REMOTE), "half-closed-remote");
}

int main(void)
{
	static const struct CMUnitTest properties[] = {
		cmocka_unit_test(no_row_is_shadowed),
		cmocka_unit_test(every_stream_state_is_reachable),
		cmocka_unit_test(a_datagram_socket_has_no_other_states_than_its_four),
		cmocka_unit_test(every_result_is_a_state_that_exists_or_an_anomaly),
		cmocka_unit_test(closed_absorbs_everything_and_only_the_last_close_closes),
		cmocka_unit_test(a_birth_happens_once_and_first),
		cmocka_unit_test(the_kernels_word_is_final),
		cmocka_unit_test(a_call_that_failed_or_has_a_view_is_never_an_anomaly),
		cmocka_unit_test(everything_has_a_name),
	};
	struct CMUnitTest tests[COUNT(properties) + COUNT(behaviours)];
	struct CMUnitTest *next = tests + COUNT(properties);

	memcpy(tests, properties, sizeof(properties));
	for (size_t i = 0; i < COUNT(behaviours); i++)
		*next++ = (struct CMUnitTest){ .name = behaviours[i].name,
					       .test_func = behaves,
					       .initial_state = (void *)&behaviours[i] };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
