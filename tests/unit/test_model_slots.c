/* SPDX-License-Identifier: GPL-2.0-only */
/* user/model_slots.c: direct descriptors of io_uring rings. The ring is RING, the socket the first, its slot 7. */
#include "slots.h"

static void a_socket_lives_in_a_slot(void **state)
{
	struct world *w = *state;
	const struct life *l;

	born(w, 7, 1);
	slot_of(w, w->now + 11, 7, 1);
	DID(w, sendto, .h.flags = ON, .sk = SK(1), .args = { 7 }, .ret = 3, .dur = w->now + 1, TCP(TCP_CLOSE));
	assert_int_equal(event_last(w)->socket, 1);
	closed(w, 7, 1);
	l = life_of(w, 1);
	assert_int_equal(l->descriptor_count, 1);
	assert_slot(l, 0, 7, HOW_SOCKET, BY_CLOSE);
	STATES_ARE(l, STATE_CREATED, STATE_CLOSED);
	assert_int_equal(l->states[1].cause, event_last(w)->id);
	assert_int_equal(l->origin, ORIGIN_SOCKET);
	assert_int_equal(l->pid, 1);
	assert_false(l->uncertain);
}

static void a_close_of_a_slot_need_not_tell_its_socket(void **state)
{
	struct world *w = *state;

	born(w, 7, 1);
	closed(w, 8, 0);
	assert_int_equal(w->event_count, 1);
	closed(w, 7, 0);
	assert_int_equal(event_last(w)->socket, 1);
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_CLOSE);
}

/* Linked: the close was submitted before there was a socket. */
static void a_close_of_a_slot_that_was_filled_after_it_was_submitted(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;

	w->now += 10;
	born(w, 7, 1);
	slot_of(w, at, 7, 0);
	DID(w, close, .h.flags = ON, .dur = at);
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_CLOSE);
}

static void a_slot_and_a_number_are_not_the_same(void **state)
{
	struct world *w = *state;

	born(w, 7, 1);
	tcp(w, 7, 2);
	close_of(w, 7, 2);
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_OPEN);
	assert_number(life_of(w, 2), 0, 7, HOW_SOCKET, BY_CLOSE);
	assert_false(life_of(w, 1)->uncertain);
}

static void a_slot_that_is_in_use_is_emptied_first(void **state)
{
	struct world *w = *state;

	born(w, 7, 1);
	born(w, 7, 2);
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_CLOSE);
	assert_int_equal(life_of(w, 1)->states[1].cause, event_last(w)->id);
	assert_false(life_of(w, 1)->uncertain);
	assert_slot(life_of(w, 2), 0, 7, HOW_SOCKET, BY_OPEN);
}

static void a_direct_listener_accepts_into_a_number(void **state)
{
	struct world *w = *state;
	uint64_t at;

	born(w, 7, 1);
	at = w->now + 1;
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	slot_of(w, at, 7, 1);
	DID(w, accept4, .h.flags = ON, .sk = SK(1), .sk2 = SK(2), .args = { 7 }, .ret = 4, .dur = at, TCP(TCP_LISTEN));
	assert_number(life_of(w, 2), 0, 4, HOW_ACCEPT, BY_OPEN);
	assert_int_equal(life_of(w, 2)->listener, 1);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
}

static void a_listener_accepts_into_a_slot(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	slot_of(w, at, 5, 2);
	DID(w, accept4, .h.flags = MADE, .sk = SK(1), .sk2 = SK(2), .args = { 3 }, .ret = 5, .dur = at,
	    TCP(TCP_LISTEN));
	assert_slot(life_of(w, 2), 0, 5, HOW_ACCEPT, BY_OPEN);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
}

static void a_direct_listener_accepts_into_a_slot(void **state)
{
	struct world *w = *state;
	uint64_t at;

	born(w, 7, 1);
	at = w->now + 1;
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	slot_of(w, at, 7, 1);
	slot_of(w, at, 8, 2);
	DID(w, accept4, .h.flags = ON | CALL_MADE_DIRECT, .sk = SK(1), .sk2 = SK(2), .args = { 7 }, .dur = at,
	    TCP(TCP_LISTEN));
	assert_slot(life_of(w, 2), 0, 8, HOW_ACCEPT, BY_OPEN);
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_OPEN);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_int_equal(life_of(w, 2)->descriptor_count, 1);
}

static void a_number_is_made_of_a_slot(void **state)
{
	struct world *w = *state;
	uint64_t at;

	born(w, 7, 1);
	at = w->now + 1;
	slot_of(w, at, 7, 1);
	DID(w, dup, .h.flags = ON, .sk = SK(1), .args = { 7 }, .ret = 4, .dur = at, TCP(TCP_CLOSE));
	closed(w, 7, 1);
	feed(w, record_exec(1, 1, FILES(1)));
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_CLOSE);
	assert_number(life_of(w, 1), 1, 4, HOW_DUP, BY_CLOEXEC);
}

static void a_silent_socket_is_in_its_slot(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now + 1;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	slot_of(w, at, 7, 1);
	DID(w, socket, .h.flags = MADE | CALL_OPEN | CALL_SILENT, .sk = SK(1), .args = { AF_INET, SOCK_STREAM },
	    .dur = at, TCP(TCP_CLOSE));
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_OPEN);
	STATES_ARE(life_of(w, 1), STATE_CREATED);
}

/* IORING_MSG_SEND_FD from another ring: nothing told how it came here. */
static void a_slot_that_was_not_known_is_found(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	slot_of(w, at, 7, 1);
	DID(w, sendto, .h.flags = ON, .sk = SK(1), .args = { 7 }, .ret = 3, .dur = at, TCP(TCP_CLOSE));
	assert_slot(life_of(w, 1), 1, 7, HOW_DUP, BY_OPEN);
	assert_true(life_of(w, 1)->uncertain);
}

static void a_request_on_a_slot_that_has_gone_finds_nothing(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	born(w, 7, 2);
	at = w->now + 1;
	closed(w, 7, 2);
	born(w, 7, 3);
	slot_of(w, at, 7, 3);
	DID(w, recvfrom, .h.flags = ON, .sk = SK(2), .args = { 7 }, .ret = -ECONNRESET, .dur = at);
	assert_string_equal(event_last(w)->note, "returned after the socket was closed");
	assert_true(life_of(w, 2)->held_io_uring);
	assert_int_equal(life_of(w, 2)->descriptor_count, 1);
	assert_int_equal(life_of(w, 3)->descriptor_count, 1);
	assert_false(life_of(w, 3)->uncertain);
}

static void an_address_that_is_used_again_leaves_its_slot(void **state)
{
	struct world *w = *state;

	born(w, 7, 1);
	feed(w, record_sock(SK(1), 2, AF_INET, SOCK_STREAM));
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_CLOSE);
	assert_true(life_of(w, 1)->uncertain);
}

/* Without its fact it is not known which slot it is in. */
static void a_slot_that_nothing_tells_of(void **state)
{
	struct world *w = *state;

	feed(w, record_sock(SK(1), 1, AF_INET, SOCK_STREAM));
	DID(w, socket, .h.flags = MADE, .sk = SK(1), .args = { AF_INET, SOCK_STREAM }, TCP(TCP_CLOSE));
	DID(w, sendto, .h.flags = ON, .sk = SK(1), .args = { 7 }, .ret = 3, TCP(TCP_CLOSE));
	DID(w, close, .h.flags = ON, .sk = SK(1));
	DID(w, close, .h.flags = ON);
	assert_int_equal(life_of(w, 1)->descriptor_count, 0);
	assert_int_equal(w->event_count, 3);
	assert_true(life_of(w, 1)->uncertain);
}

static void a_request_on_a_slot_that_names_another_finds_nothing(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	born(w, 7, 2);
	at = w->now + 1;
	slot_of(w, at, 7, 2);
	DID(w, recvfrom, .h.flags = ON, .sk = SK(1), .args = { 7 }, .ret = -ECONNRESET, .dur = at);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_slot(life_of(w, 2), 0, 7, HOW_SOCKET, BY_OPEN);
}

/* A slot that was closed while a call ran is not its number. */
static void a_number_is_found_whatever_slots_there_were(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	slot_of(w, at, 7, 1);
	DID(w, sendto, .h.flags = ON, .sk = SK(1), .args = { 7 }, .ret = 3, .dur = at, TCP(TCP_CLOSE));
	at = w->now + 1;
	closed(w, 7, 1);
	DID(w, sendto, .sk = SK(1), .args = { 7 }, .ret = 3, .dur = at, TCP(TCP_CLOSE));
	assert_number(life_of(w, 1), 2, 7, HOW_SCM_RIGHTS, BY_OPEN);
}

static void no_slot_came_by_a_fork(void **state)
{
	struct world *w = *state;
	uint64_t at;

	DID(w, getsockname, .sk = SK(1), .args = { 3 });
	feed(w, record_fork(1, 2, 2, FILES(1), FILES(2)));
	at = w->now + 1;
	TOLD(w, SLOT, SK(1), .h.tid = 2, URING, .other = RING, .value = 7, .at = at);
	DID(w, sendto, .h.tid = 2, .h.flags = ON, .sk = SK(1), .args = { 7 }, .ret = 3, .dur = at);
	finish(w);
	assert_int_equal(w->lives[0].descriptor_count, 3);
	assert_descriptor(&w->lives[0], 2, 2, 7, HOW_DUP, BY_OPEN);
}

static void a_silent_close_of_a_slot_is_known_by_its_socket(void **state)
{
	struct world *w = *state;
	uint64_t at;

	born(w, 7, 1);
	at = DID(w, close, .h.flags = ON | CALL_ENTERED, .sk = SK(1), .args = { 7 });
	DID(w, close, .h.flags = ON | CALL_OPEN | CALL_SILENT, .sk = SK(1), .args = { 7 }, .dur = at);
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_CLOSE);
	assert_int_equal(life_of(w, 1)->closed, at - MONO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_socket_lives_in_a_slot),
		WORLD_TEST(a_close_of_a_slot_need_not_tell_its_socket),
		WORLD_TEST(a_close_of_a_slot_that_was_filled_after_it_was_submitted),
		WORLD_TEST(a_slot_and_a_number_are_not_the_same),
		WORLD_TEST(a_slot_that_is_in_use_is_emptied_first),
		WORLD_TEST(a_direct_listener_accepts_into_a_number),
		WORLD_TEST(a_listener_accepts_into_a_slot),
		WORLD_TEST(a_direct_listener_accepts_into_a_slot),
		WORLD_TEST(a_number_is_made_of_a_slot),
		WORLD_TEST(a_silent_socket_is_in_its_slot),
		WORLD_TEST(a_slot_that_was_not_known_is_found),
		WORLD_TEST(a_request_on_a_slot_that_has_gone_finds_nothing),
		WORLD_TEST(an_address_that_is_used_again_leaves_its_slot),
		WORLD_TEST(a_slot_that_nothing_tells_of),
		WORLD_TEST(a_request_on_a_slot_that_names_another_finds_nothing),
		WORLD_TEST(a_number_is_found_whatever_slots_there_were),
		WORLD_TEST(no_slot_came_by_a_fork),
		WORLD_TEST(a_silent_close_of_a_slot_is_known_by_its_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
