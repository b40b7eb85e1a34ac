/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_descriptors.c: a close() by io_uring that tells nobody of its success took effect when it was submitted, and is
 * cancelled. The socket is the first, by descriptor 3.
 */
#include "flight.h"
#include "requests.h"

#define SILENT URING_FLAGS | CALL_ENTERED

static uint64_t submitted(struct world *w, int fd, int n)
{
	return DID(w, close, .h.flags = SILENT, .sk = SK(n), .args = { (__u64)fd });
}

static void cancelled(struct world *w, uint64_t at, int fd, int n)
{
	DID(w, close, URING, .sk = SK(n), .args = { (__u64)fd }, .ret = -ECANCELED, .dur = at);
}

static void the_socket_lives_on(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	tcp(w, 3, 1);
	at = submitted(w, 3, 1);
	cancelled(w, at, 3, 1);
	assert_null(event_last(w)->note);
	assert_int_equal(event_last(w)->socket, 1);
	assert_null(w->lives);
	DID(w, getsockname, .sk = SK(1), .args = { 3 }, TCP(TCP_CLOSE));
	l = life_of(w, 1);
	STATES_ARE(l, STATE_CREATED);
	assert_int_equal(l->states[0].to, OPEN);
	assert_int_equal(l->descriptor_count, 1);
	assert_descriptor(l, 0, 1, 3, HOW_SOCKET, BY_OPEN);
	assert_int_equal(l->closed, OPEN);
	assert_int_equal(l->closed_by, BY_OPEN);
	assert_false(l->uncertain);
}

static void its_number_is_closed_later(void **state)
{
	struct world *w = *state;
	uint64_t at;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	DID(w, socket, .sk = SK(1), .ret = 3, .args = { AF_INET, SOCK_STREAM | SOCK_CLOEXEC }, TCP(TCP_CLOSE));
	at = submitted(w, 3, 1);
	cancelled(w, at, 3, 1);
	feed(w, record_exec(1, 1, FILES(1)));
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_CLOEXEC);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CLOSED);
	assert_false(life_of(w, 1)->uncertain);
}

static void one_of_two_descriptors(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	DID(w, dup, .sk = SK(1), .args = { 3 }, .ret = 4, TCP(TCP_CLOSE));
	at = submitted(w, 4, 1);
	cancelled(w, at, 4, 1);
	close_of(w, 3, 1);
	assert_null(w->lives);
	assert_descriptor(life_of(w, 1), 1, 1, 4, HOW_DUP, BY_OPEN);
	STATES_ARE(life_of(w, 1), STATE_CREATED);
	assert_false(life_of(w, 1)->uncertain);
}

static void what_did_not_know_its_socket(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = DID(w, close, .h.flags = SILENT, .args = { 3 });
	DID(w, close, URING, .args = { 3 }, .ret = -ECANCELED, .dur = at);
	assert_int_equal(event_last(w)->socket, 1);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_OPEN);
	assert_false(life_of(w, 1)->uncertain);
}

static void a_number_that_was_used_again_is_the_next_one(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = submitted(w, 3, 1);
	tcp(w, 3, 2);
	cancelled(w, at, 3, 1);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_CLOSE);
	assert_true(life_of(w, 1)->uncertain);
	assert_descriptor(life_of(w, 2), 0, 1, 3, HOW_SOCKET, BY_OPEN);
	assert_false(life_of(w, 2)->uncertain);
}

static void of_a_process_that_has_ended(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = submitted(w, 3, 1);
	feed(w, record_exit(1, 1, 0, 0));
	cancelled(w, at, 3, 1);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_CLOSE);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CLOSED);
	assert_true(life_of(w, 1)->uncertain);
}

static void a_slot_goes_on_in_its_ring(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	slot_of(w, at, 7, 1);
	DID(w, socket, .h.flags = URING_FLAGS | CALL_MADE_DIRECT, .sk = SK(1), .args = { AF_INET, SOCK_STREAM },
	    .dur = at, TCP(TCP_CLOSE));
	at = DID(w, close, .h.flags = SILENT | CALL_DIRECT, .sk = SK(1), .args = { 7 });
	DID(w, close, .h.flags = URING_FLAGS | CALL_DIRECT, .sk = SK(1), .args = { 7 }, .ret = -ECANCELED, .dur = at);
	TOLD(w, SLOT, 0, .other = RING, .value = -1);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_int_equal(life_of(w, 1)->closed, w->now - MONO);
	assert_true(life_of(w, 1)->descriptors[0].direct);
	assert_false(life_of(w, 1)->uncertain);
}

static void a_slot_of_a_ring_that_is_gone_is_gone(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	slot_of(w, at, 7, 1);
	DID(w, socket, .h.flags = URING_FLAGS | CALL_MADE_DIRECT, .sk = SK(1), .args = { AF_INET, SOCK_STREAM },
	    .dur = at, TCP(TCP_CLOSE));
	at = DID(w, close, .h.flags = SILENT | CALL_DIRECT, .sk = SK(1), .args = { 7 });
	TOLD(w, SLOT, 0, .other = RING, .value = -1);
	DID(w, close, .h.flags = URING_FLAGS | CALL_DIRECT, .sk = SK(1), .args = { 7 }, .ret = -ECANCELED, .dur = at);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CLOSED);
	assert_true(life_of(w, 1)->uncertain);
}

static void the_other_end_of_a_unix_connection_was_not_left(void **state)
{
	struct world *w = *state;
	uint64_t at;

	pair(w, 3, 1, SOCK_STREAM);
	at = submitted(w, 3, 1);
	cancelled(w, at, 3, 1);
	STATES_ARE(life_of(w, 1), STATE_CONNECTED);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
	assert_false(life_of(w, 1)->uncertain);
	assert_false(life_of(w, 2)->uncertain);
}

/* Linked behind a connect() that is refused. */
static void an_attempt_was_not_given_up(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	tcp(w, 3, 1);
	connect_of(w, 1, EINPROGRESS, TCP_SYN_SENT);
	at = submitted(w, 3, 1);
	cancelled(w, at, 3, 1);
	CHANGED(w, 1, SYN_SENT, CLOSE, .extra = ECONNREFUSED);
	l = life_of(w, 1);
	assert_int_equal(l->state_count, 3);
	assert_int_equal(l->states[2].state, STATE_FAILED);
	assert_int_equal(l->attempts[l->attempt_count - 1].outcome, ATTEMPT_ERROR);
	assert_int_equal(l->attempts[l->attempt_count - 1].error, ECONNREFUSED);
}

/* A close() that failed for another reason had no such descriptor. */
static void another_failure_takes_nothing_back(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = submitted(w, 3, 1);
	DID(w, close, URING, .sk = SK(1), .args = { 3 }, .ret = -EBADF, .dur = at);
	assert_descriptor(life_of(w, 1), 0, 1, 3, HOW_SOCKET, BY_CLOSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(the_socket_lives_on),
		WORLD_TEST(its_number_is_closed_later),
		WORLD_TEST(one_of_two_descriptors),
		WORLD_TEST(what_did_not_know_its_socket),
		WORLD_TEST(a_number_that_was_used_again_is_the_next_one),
		WORLD_TEST(of_a_process_that_has_ended),
		WORLD_TEST(a_slot_goes_on_in_its_ring),
		WORLD_TEST(a_slot_of_a_ring_that_is_gone_is_gone),
		WORLD_TEST(the_other_end_of_a_unix_connection_was_not_left),
		WORLD_TEST(an_attempt_was_not_given_up),
		WORLD_TEST(another_failure_takes_nothing_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
