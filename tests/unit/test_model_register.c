/* SPDX-License-Identifier: GPL-2.0-only */
/* user/model_slots.c: what io_uring_register() does to direct descriptors, and how those of a ring end. */
#include <linux/close_range.h>

#include "slots.h"

/* The native call, that many facts in front of it: pairs of a slot and what it names. */
static void registers(struct world *w, int count, const int (*slots)[2])
{
	uint64_t at = w->now + 1;

	for (int i = 0; i < count; i++)
		TOLD(w, SLOT, slots[i][1] ? SK(slots[i][1]) : 0, .h.tid = 1, .other = RING, .value = slots[i][0],
		     .at = at);
	DID(w, io_uring_register, .args = { 9, 2, 0, 1 }, .dur = at);
}
#define REGISTER(w, ...) \
	registers(w, sizeof((const int[][2]){ __VA_ARGS__ }) / sizeof(int[2]), (const int[][2]){ __VA_ARGS__ })

static void registered_sockets_outlive_their_numbers(void **state)
{
	struct world *w = *state;
	const struct life *l;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	REGISTER(w, { 0, 1 }, { 1, 2 });
	assert_int_equal(event_last(w)->socket, 1);
	assert_null(event_last(w)->note);
	close_of(w, 3, 1);
	l = w->life_count ? NULL : life_of(w, 1);
	assert_non_null(l);
	STATES_ARE(l, STATE_CREATED);
	assert_number(l, 0, 3, HOW_SOCKET, BY_CLOSE);
	assert_slot(l, 1, 0, HOW_DUP, BY_OPEN);
	assert_slot(life_of(w, 2), 1, 1, HOW_DUP, BY_OPEN);
}

static void an_update_changes_what_a_slot_names(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	REGISTER(w, { 0, 1 });
	close_of(w, 3, 1);
	REGISTER(w, { 0, 2 });
	assert_int_equal(event_last(w)->socket, 1);
	assert_int_equal(life_of(w, 1)->states[1].cause, event_last(w)->id);
	assert_slot(life_of(w, 1), 1, 0, HOW_DUP, BY_CLOSE);
	assert_slot(life_of(w, 2), 1, 0, HOW_DUP, BY_OPEN);
	assert_false(life_of(w, 1)->uncertain);
}

static void a_register_that_touches_no_socket_is_none_of_ours(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	DID(w, io_uring_register, .args = { 9, 0, 0, 1 });
	REGISTER(w, { 5, 0 });
	REGISTER(w, { -1, 0 });
	assert_int_equal(w->event_count, 1);
}

static void unregistering_empties_all_slots(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	REGISTER(w, { 0, 1 }, { 6, 1 });
	close_of(w, 3, 1);
	REGISTER(w, { -1, 0 });
	assert_int_equal(event_last(w)->socket, 1);
	assert_slot(life_of(w, 1), 1, 0, HOW_DUP, BY_CLOSE);
	assert_slot(life_of(w, 1), 2, 6, HOW_DUP, BY_CLOSE);
	assert_int_equal(life_of(w, 1)->states[1].cause, event_last(w)->id);
}

static void a_socket_that_was_there_before_is_registered(void **state)
{
	struct world *w = *state;

	REGISTER(w, { 0, 1 });
	finish(w);
	assert_int_equal(w->life_count, 1);
	assert_int_equal(w->lives[0].origin, ORIGIN_SNAPSHOT);
	assert_slot(&w->lives[0], 0, 0, HOW_DUP, BY_OPEN);
}

static void a_ring_that_is_closed_empties_its_slots(void **state)
{
	struct world *w = *state;
	const struct life *l;

	born(w, 7, 1);
	TOLD(w, SLOT, 0, .other = RING, .value = -1);
	TOLD(w, SLOT, 0, .other = RING, .value = -1);
	TOLD(w, SLOT, 0, .h.tid = 1, .other = RING + 64, .value = -1);
	l = life_of(w, 1);
	assert_slot(l, 0, 7, HOW_SOCKET, BY_CLOSE);
	assert_int_equal(l->states[1].cause, 0);
	assert_string_equal(l->states[1].fact, "close");
}

static void a_ring_ends_with_its_process(void **state)
{
	struct world *w = *state;

	born(w, 7, 1);
	feed(w, record_exit(1, 1, 0, 0));
	TOLD(w, SLOT, 0, .other = RING, .value = -1);
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_EXIT);
}

static void a_fork_copies_no_slot(void **state)
{
	struct world *w = *state;

	born(w, 7, 1);
	feed(w, record_fork(1, 2, 2, FILES(1), FILES(2)));
	feed(w, record_exit(1, 1, 0, 0));
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_EXIT);
}

static void facts_that_cannot_be(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 3, 1);
	at = w->now + 1;
	slot_of(w, at, INT64_MAX, 1);
	slot_of(w, at, INT64_MIN, 1);
	slot_of(w, at, -3, 1);
	slot_of(w, at, 1ll << 31, 1);
	DID(w, io_uring_register, URING, .args = { 9, 6, 0, 4 }, .dur = at);
	assert_int_equal(w->event_count, 1);
	at = w->now + 1;
	TOLD(w, SLOT, SK(1), .h.tid = 1, .other = FILES(1), .value = 3, .at = at); /* a ring at a table's address */
	DID(w, io_uring_register, .args = { 9, 6, 0, 4 }, .dur = at);
	close_of(w, 3, 1);
	TOLD(w, SLOT, SK(1), .h.tid = 2, .other = FILES(1), .value = 5);
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
	assert_number(life_of(w, 1), 0, 3, HOW_SOCKET, BY_CLOSE);
	assert_slot(life_of(w, 1), 1, 3, HOW_DUP, BY_OPEN);
}

static void a_slot_that_names_the_same_goes_on(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	tcp(w, 4, 2);
	REGISTER(w, { 0, 1 });
	REGISTER(w, { 0, 1 });
	assert_int_equal(w->event_count, 3);
	REGISTER(w, { 0, 1 }, { 1, 2 });
	assert_int_equal(event_last(w)->socket, 2);
	assert_int_equal(life_of(w, 1)->descriptor_count, 2);
}

/* Another thread closed its number meanwhile. */
static void what_is_registered_is_not_closed(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	close_of(w, 3, 1);
	REGISTER(w, { 0, 1 });
	STATES_ARE(life_of(w, 1), STATE_CREATED);
	assert_slot(life_of(w, 1), 1, 0, HOW_DUP, BY_OPEN);
}

static void what_a_call_told_that_was_lost_is_not_of_the_next(void **state)
{
	struct world *w = *state;

	tcp(w, 3, 1);
	TOLD(w, SLOT, SK(1), .h.tid = 1, .other = RING, .value = 0, .at = w->now + 1);
	DID(w, io_uring_register, .args = { 9, 2, 0, 1 });
	assert_int_equal(w->event_count, 1);
	assert_int_equal(life_of(w, 1)->descriptor_count, 1);
}

/* io_uring_setup(): the ring is RING, its descriptor fd. */
static void made(struct world *w, __u32 fd)
{
	TOLD(w, SLOT, 0, .h.tid = 1, .other = RING, .value = -2, .extra = fd);
}

static void close_range_of(struct world *w, uint32_t tid, __u64 first, __u64 flags)
{
	uint64_t at = ENTER(w, close_range, .h.tid = tid, .args = { first, ~0u, flags });

	DID(w, close_range, .h.tid = tid, .args = { first, ~0u, flags }, .dur = at);
}

static void a_ring_at_the_address_of_another_is_empty(void **state)
{
	struct world *w = *state;
	uint64_t at;

	born(w, 7, 1);
	made(w, 9);
	assert_null(w->lives);
	born(w, 7, 2);
	at = w->now + 1;
	slot_of(w, at, 7, 2);
	DID(w, sendto, .h.flags = ON, .sk = SK(2), .args = { 7 }, .ret = 3, .dur = at, TCP(TCP_CLOSE));
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_CLOSE);
	assert_true(life_of(w, 1)->uncertain);
	assert_slot(life_of(w, 2), 0, 7, HOW_SOCKET, BY_OPEN);
	assert_false(life_of(w, 2)->uncertain);
}

static void a_close_range_ends_a_ring(void **state)
{
	struct world *w = *state;
	const struct life *l;

	made(w, 9);
	born(w, 7, 1);
	close_range_of(w, 1, 10, 0);
	close_range_of(w, 1, 9, CLOSE_RANGE_CLOEXEC);
	assert_int_equal(w->event_count, 1);
	close_range_of(w, 1, 9, 0);
	assert_int_equal(w->event_count, 2);
	assert_int_equal(event_last(w)->socket, 1);
	TOLD(w, SLOT, 0, .other = RING, .value = -1);
	l = life_of(w, 1);
	assert_slot(l, 0, 7, HOW_SOCKET, BY_CLOSE_RANGE);
	assert_int_equal(l->states[1].cause, event_last(w)->id);
	assert_int_equal(l->closed, event_last(w)->t);
	assert_true(l->uncertain); /* a copy of the descriptor may keep it */
}

static void a_close_range_of_another_process_does_not(void **state)
{
	struct world *w = *state;

	made(w, 9);
	born(w, 7, 1);
	feed(w, record_fork(1, 2, 2, FILES(1), FILES(2)));
	close_range_of(w, 2, 3, 0);
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_OPEN);
}

static void a_ring_that_nobody_told_of_has_no_number(void **state)
{
	struct world *w = *state;

	born(w, 7, 1);
	close_range_of(w, 1, 0, 0);
	feed(w, record_exec(1, 1, FILES(1)));
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_OPEN);
}

static void an_exec_ends_a_ring(void **state)
{
	struct world *w = *state;
	const struct life *l;

	made(w, 9);
	born(w, 7, 1);
	feed(w, record_exec(1, 1, FILES(1)));
	l = life_of(w, 1);
	assert_slot(l, 0, 7, HOW_SOCKET, BY_CLOEXEC);
	assert_int_equal(l->closed_by, BY_CLOEXEC);
	assert_string_equal(l->states[1].fact, "cloexec");
}

static void a_ring_that_was_made_ends_when_it_is_closed(void **state)
{
	struct world *w = *state;

	made(w, 9);
	born(w, 7, 1);
	TOLD(w, SLOT, 0, .other = RING, .value = -1);
	feed(w, record_exec(1, 1, FILES(1)));
	TOLD(w, SLOT, 0, .other = RING, .value = -2); /* by nobody */
	assert_slot(life_of(w, 1), 0, 7, HOW_SOCKET, BY_CLOSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(registered_sockets_outlive_their_numbers),
		WORLD_TEST(an_update_changes_what_a_slot_names),
		WORLD_TEST(a_register_that_touches_no_socket_is_none_of_ours),
		WORLD_TEST(unregistering_empties_all_slots),
		WORLD_TEST(a_socket_that_was_there_before_is_registered),
		WORLD_TEST(a_ring_that_is_closed_empties_its_slots),
		WORLD_TEST(a_ring_ends_with_its_process),
		WORLD_TEST(a_fork_copies_no_slot),
		WORLD_TEST(facts_that_cannot_be),
		WORLD_TEST(a_slot_that_names_the_same_goes_on),
		WORLD_TEST(what_is_registered_is_not_closed),
		WORLD_TEST(what_a_call_told_that_was_lost_is_not_of_the_next),
		WORLD_TEST(a_ring_at_the_address_of_another_is_empty),
		WORLD_TEST(a_close_range_ends_a_ring),
		WORLD_TEST(a_close_range_of_another_process_does_not),
		WORLD_TEST(a_ring_that_nobody_told_of_has_no_number),
		WORLD_TEST(an_exec_ends_a_ring),
		WORLD_TEST(a_ring_that_was_made_ends_when_it_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
