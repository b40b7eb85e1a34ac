/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules of user/lifecycle.c: properties over the whole product of their inputs. The source is included for its
 * tables. test_lifecycle_rules.c has the notable single rules.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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
	const struct CMUnitTest tests[] = {
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

	return cmocka_run_group_tests(tests, NULL, NULL);
}
