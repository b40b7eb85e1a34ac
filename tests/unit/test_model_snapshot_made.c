/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_snapshot.c: what a call makes may be found before the call's return tells of it.
 */
#include <fcntl.h>

#include "snapshot.h"

/* As if no snapshot had looked. */
static void assert_made(const struct life *l, enum origin origin, int fd, enum how how, int64_t from)
{
	assert_int_equal(l->origin, origin);
	assert_int_equal(l->descriptor_count, 1);
	assert_descriptor(l, 0, 1, fd, how, BY_OPEN);
	assert_int_equal(l->descriptors[0].from, from);
	assert_int_equal(l->states[0].from, from);
	assert_int_equal(l->created, from);
	assert_false(l->uncertain);
}

static void socket_makes_what_was_found(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now;
	int64_t made;

	found(w, 1, SOCK_STREAM, TCP_CLOSE, NONE, NONE);
	held(w, 5, 1);
	made = (int64_t)(DID(w, socket, .sk = SK(1), .ret = 5, .args = { AF_INET, SOCK_STREAM | SOCK_NONBLOCK },
			     .dur = at, TCP(TCP_CLOSE)) -
			 MONO);
	assert_made(life_of(w, 1), ORIGIN_SOCKET, 5, HOW_SOCKET, made);
	STATES_ARE(life_of(w, 1), STATE_CREATED);
	assert_int_equal(life_of(w, 1)->flags, SOCK_NONBLOCK);
	assert_int_equal(life_of(w, 1)->id, 1);
	assert_int_equal(w->life_count, 1);
}

static void what_socket_made_may_be_found_after(void **state)
{
	struct world *w = *state;
	int64_t made;

	tcp(w, 5, 1);
	made = NOW(w);
	found(w, 1, SOCK_STREAM, TCP_CLOSE, NONE, NONE);
	TOLD(w, FOUND, SK(1), .value = 0, .extra = 0);
	held(w, 5, 1);
	assert_made(life_of(w, 1), ORIGIN_SOCKET, 5, HOW_SOCKET, made);
}

static void accept_makes_what_was_found(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;

	found(w, 1, SOCK_STREAM, TCP_LISTEN, SERVER, NONE);
	held(w, 3, 1);
	at = w->now;
	found_connected(w, 2);
	held(w, 5, 2);
	DID(w, accept, .sk = SK(1), .sk2 = SK(2), .ret = 5, .args = { 3 }, .dur = at, TCP(TCP_LISTEN, | VIEW_BOUND));
	l = life_of(w, 2);
	assert_made(l, ORIGIN_ACCEPT, 5, HOW_ACCEPT, NOW(w));
	STATES_ARE(l, STATE_CONNECTED);
	assert_int_equal(l->listener, life_of(w, 1)->id);
	assert_int_equal(l->peers[0].from, NOW(w));
	assert_int_equal(l->queued_to, NOW(w));
}

static void an_accept_that_was_entered_before_the_trace_too(void **state)
{
	struct world *w = *state;

	found_connected(w, 2);
	held(w, 5, 2);
	DID(w, accept, .h.flags = CALL_LATE, .sk = SK(1), .sk2 = SK(2), .ret = 5, .args = { 3 }, .dur = w->now + 10);
	assert_made(life_of(w, 2), ORIGIN_ACCEPT, 5, HOW_ACCEPT, NOW(w));
}

static void socketpair_makes_what_was_found(void **state)
{
	struct world *w = *state;
	const int fds[] = { 5, 6 };
	union record r = call_of(CALL_socketpair, (struct rec_call){ .sk = SK(1),
								     .sk2 = SK(2),
								     .args = { AF_UNIX, SOCK_STREAM },
								     .dur = w->now,
								     TCP(TCP_ESTABLISHED, | VIEW_PEER) });

	record_data(&r, DATA_PAIR, fds, sizeof(fds), "", 0);
	feed(w, record_sock(SK(2), 2, AF_UNIX, SOCK_STREAM));
	held(w, 6, 2);
	feed(w, record_sock(SK(1), 1, AF_UNIX, SOCK_STREAM));
	held(w, 5, 1);
	feed(w, r);
	assert_made(life_of(w, 1), ORIGIN_SOCKETPAIR, 5, HOW_SOCKETPAIR, NOW(w));
	assert_made(life_of(w, 2), ORIGIN_SOCKETPAIR, 6, HOW_SOCKETPAIR, NOW(w));
	assert_peers(w, 1, 2);
}

/* It was there when the call was entered: its end was lost. */
static void what_was_there_before_the_call_it_did_not_make(void **state)
{
	struct world *w = *state;

	found_connected(w, 1);
	held(w, 5, 1);
	DID(w, socket, .sk = SK(1), .ret = 5, .args = { AF_INET, SOCK_STREAM }, TCP(TCP_CLOSE));
	assert_int_equal(life_of(w, 1)->origin, ORIGIN_SNAPSHOT);
	assert_true(life_of(w, 1)->uncertain);
}

/* Two of it: 3 was there, 5 is a copy. */
static void assert_copied(struct world *w, enum how how)
{
	const struct life *l = life_of(w, 1);

	assert_int_equal(l->origin, ORIGIN_SNAPSHOT);
	assert_int_equal(l->descriptor_count, 2);
	assert_descriptor(l, 0, 1, 3, HOW_SNAPSHOT, BY_OPEN);
	assert_descriptor(l, 1, 1, 5, how, BY_OPEN);
	assert_int_equal(l->descriptors[0].from, OPEN);
	assert_int_equal(l->descriptors[1].from, NOW(w));
	assert_false(l->uncertain);
}

/* Both are found while a call runs that is entered at the time which is returned. */
static uint64_t both_found(struct world *w)
{
	uint64_t at = w->now;

	found_connected(w, 1);
	held(w, 3, 1);
	held(w, 5, 1);
	return at;
}

static void dup_makes_what_was_found(void **state)
{
	struct world *w = *state;
	uint64_t at = both_found(w);

	DID(w, dup, .sk = SK(1), .ret = 5, .args = { 3 }, .dur = at);
	assert_copied(w, HOW_DUP);
}

static void dup2_makes_what_was_found(void **state)
{
	struct world *w = *state;
	uint64_t at = both_found(w);

	DID(w, dup2, .sk = SK(1), .ret = 5, .args = { 3, 5 }, .dur = at);
	assert_copied(w, HOW_DUP);
}

static void dup2_took_the_number_of_what_was_never_found(void **state)
{
	struct world *w = *state;
	const struct life *other;
	uint64_t at = both_found(w);

	found_connected(w, 2);
	DID(w, dup2, .sk = SK(1), .sk2 = SK(2), .ret = 5, .args = { 3, 5 }, .dur = at);
	assert_copied(w, HOW_DUP);
	other = life_of(w, 2);
	assert_int_equal(other->descriptor_count, 1);
	assert_descriptor(other, 0, 1, 5, HOW_SNAPSHOT, BY_DUP2);
}

static void fcntl_makes_what_was_found(void **state)
{
	struct world *w = *state;
	uint64_t at = both_found(w);

	DID(w, fcntl, .sk = SK(1), .ret = 5, .args = { 3, F_DUPFD_CLOEXEC }, .dur = at);
	assert_copied(w, HOW_DUP);
}

static void pidfd_getfd_makes_what_was_found(void **state)
{
	struct world *w = *state;
	uint64_t at = both_found(w);

	DID(w, pidfd_getfd, .sk = SK(1), .ret = 5, .args = { 9, 3 }, .dur = at);
	assert_copied(w, HOW_PIDFD_GETFD);
}

static void a_message_brings_what_was_found(void **state)
{
	struct world *w = *state;
	uint64_t at = w->now;

	feed(w, record_sock(SK(2), 2, AF_UNIX, SOCK_STREAM));
	held(w, 4, 2);
	found_connected(w, 1);
	held(w, 3, 1);
	held(w, 5, 1);
	TOLD(w, TAKEN, SK(1), .h.tid = 1, .at = at, .value = 5, .other = SK(2));
	DID(w, recvmsg, .sk = SK(2), .ret = 1, .args = { 4 }, .dur = at);
	assert_copied(w, HOW_SCM_RIGHTS);
	assert_int_equal(life_of(w, 1)->flight_count, 1);
	assert_int_equal(life_of(w, 1)->flights[0].received, event_last(w)->id);
}

static void how_it_came_there_may_never_be_told(void **state)
{
	struct world *w = *state;
	const struct life *l;
	int64_t from;

	tcp(w, 3, 1);
	feed(w, record_task(2, 2, FILES(2)));
	from = held_by(w, 2, 7, 1, 0);
	l = life_of(w, 1);
	assert_int_equal(l->origin, ORIGIN_SOCKET);
	assert_descriptor(l, 1, 2, 7, HOW_SNAPSHOT, BY_OPEN);
	assert_int_equal(l->descriptors[1].from, from);
}

/* The first look of a socket that was made in the trace, at a process that is about to tell how it got it. */
static void what_was_made_in_the_trace_is_not_older(void **state)
{
	struct world *w = *state;
	const struct life *l;
	uint64_t at;
	int64_t from;

	tcp(w, 3, 1);
	feed(w, record_task(2, 2, FILES(2)));
	at = w->now;
	from = held_by(w, 2, 7, 1, 0);
	feed(w, record_sock(SK(2), 2, AF_UNIX, SOCK_STREAM));
	held_by(w, 2, 4, 2, 0);
	TOLD(w, TAKEN, SK(1), .h.tid = 2, .at = at, .value = 7, .other = SK(2));
	DID(w, recvmsg, .h.tid = 2, .sk = SK(2), .ret = 1, .args = { 4 }, .dur = at);
	assert_int_not_equal(from, NOW(w));
	l = life_of(w, 1);
	assert_int_equal(l->descriptor_count, 2);
	assert_descriptor(l, 1, 2, 7, HOW_SCM_RIGHTS, BY_OPEN);
	assert_int_equal(l->descriptors[1].from, NOW(w));
	assert_false(l->uncertain);
}

static void a_call_that_makes_none_leaves_it(void **state)
{
	struct world *w = *state;
	uint64_t at = both_found(w);

	DID(w, fcntl, .sk = SK(1), .ret = 5, .args = { 3, F_GETFL }, .dur = at);
	DID(w, dup, .sk = SK(1), .ret = -EMFILE, .args = { 3 }, .dur = at);
	assert_descriptor(life_of(w, 1), 1, 1, 5, HOW_SNAPSHOT, BY_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(socket_makes_what_was_found),
		WORLD_TEST(what_socket_made_may_be_found_after),
		WORLD_TEST(accept_makes_what_was_found),
		WORLD_TEST(an_accept_that_was_entered_before_the_trace_too),
		WORLD_TEST(socketpair_makes_what_was_found),
		WORLD_TEST(what_was_there_before_the_call_it_did_not_make),
		WORLD_TEST(dup_makes_what_was_found),
		WORLD_TEST(dup2_makes_what_was_found),
		WORLD_TEST(dup2_took_the_number_of_what_was_never_found),
		WORLD_TEST(fcntl_makes_what_was_found),
		WORLD_TEST(pidfd_getfd_makes_what_was_found),
		WORLD_TEST(a_message_brings_what_was_found),
		WORLD_TEST(how_it_came_there_may_never_be_told),
		WORLD_TEST(what_was_made_in_the_trace_is_not_older),
		WORLD_TEST(a_call_that_makes_none_leaves_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
