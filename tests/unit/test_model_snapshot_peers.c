/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_peers.c: the two ends of a TCP connection of which a snapshot found one or both. Our own number may be that of
 * our SYN, which is one less.
 */
#include "snapshot.h"

#define NUMBERS(own, peer) ((uint64_t)(uint32_t)(own) << 32 | (uint32_t)(peer))

/* An end that was there before, in namespace netns. */
static void end_found(struct world *w, int n, __u32 netns, uint64_t numbers, struct address local, struct address peer)
{
	union record r = record_sock(SK(n), (uint64_t)n, AF_INET, SOCK_STREAM);

	r.sock.netns = netns;
	feed(w, r);
	named(w, n, local, peer);
	TOLD(w, FOUND, SK(n), .other = numbers);
	held(w, 10 + n, n);
}

static void client_found(struct world *w, int n, uint64_t numbers)
{
	end_found(w, n, 1, numbers, CLIENT, SERVER);
}

static void server_found(struct world *w, int n, uint64_t numbers)
{
	end_found(w, n, OTHER_NETNS, numbers, SERVER, CLIENT);
}

static void mirrored_addresses_join_in_one_namespace(void **state)
{
	struct world *w = *state;

	client_found(w, 1, 0);
	end_found(w, 2, 1, 0, SERVER, CLIENT);
	assert_peers(w, 1, 2);
}

static void in_two_the_numbers_join(void **state)
{
	struct world *w = *state;

	client_found(w, 1, NUMBERS(100, 201)); /* 100: the SYN's own */
	server_found(w, 2, NUMBERS(201, 101));
	assert_peers(w, 1, 2);
}

static void the_server_may_be_found_first(void **state)
{
	struct world *w = *state;

	server_found(w, 2, NUMBERS(201, 101));
	client_found(w, 1, NUMBERS(100, 201));
	assert_peers(w, 1, 2);
}

static void every_way_to_count_fits(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 4; i++) {
		uint32_t own = 1000 * (uint32_t)(i + 1), peers = 77 * own;

		client_found(w, 1 + 2 * i, NUMBERS(own - (i & 1), peers));
		server_found(w, 2 + 2 * i, NUMBERS(peers - (i >> 1), own));
	}
	for (int i = 0; i < 4; i++)
		assert_peers(w, 1 + 2 * i, 2 + 2 * i);
}

static void numbers_wrap(void **state)
{
	struct world *w = *state;

	client_found(w, 1, NUMBERS(-1, 1)); /* after a SYN of -1, 0 follows */
	server_found(w, 2, NUMBERS(1, 0));
	assert_peers(w, 1, 2);
}

static void others_are_another_connection(void **state)
{
	struct world *w = *state;

	client_found(w, 1, NUMBERS(100, 201));
	server_found(w, 2, NUMBERS(201, 102));
	server_found(w, 3, NUMBERS(199, 101));
	server_found(w, 4, NUMBERS(202, 101));
	for (int n = 1; n <= 4; n++)
		assert_alone(w, n);
}

static void without_numbers_two_namespaces_are_not_joined(void **state)
{
	struct world *w = *state;

	client_found(w, 1, 0);
	server_found(w, 2, NUMBERS(201, 101));
	assert_alone(w, 1);
	assert_alone(w, 2);
}

static void numbers_decide_where_addresses_are_the_same(void **state)
{
	struct world *w = *state;

	client_found(w, 1, NUMBERS(100, 201));
	end_found(w, 2, 1, NUMBERS(999, 101), SERVER, CLIENT);
	server_found(w, 3, NUMBERS(201, 101));
	assert_alone(w, 2);
	assert_peers(w, 1, 3);
}

static void one_end_may_be_of_the_trace(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 11, 1);
	at = connects(w, 1);
	CHANGED(w, 1, SYN_SENT, ESTABLISHED, .other = NUMBERS(101, 201));
	connected(w, 1, at, CLIENT, SERVER);
	server_found(w, 2, NUMBERS(201, 101)); /* its accept() was not told of */
	assert_peers(w, 1, 2);
}

static void the_found_one_may_be_first(void **state)
{
	struct world *w = *state;
	uint64_t at;

	server_found(w, 2, NUMBERS(200, 101));
	tcp(w, 11, 1);
	at = connects(w, 1);
	CHANGED(w, 1, SYN_SENT, ESTABLISHED, .other = NUMBERS(101, 201));
	connected(w, 1, at, CLIENT, SERVER);
	assert_peers(w, 1, 2);
}

static void what_the_kernel_told_of_the_beginning_stays(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 11, 1);
	at = connects(w, 1);
	CHANGED(w, 1, SYN_SENT, ESTABLISHED, .other = NUMBERS(101, 201));
	connected(w, 1, at, CLIENT, SERVER);
	TOLD(w, FOUND, SK(1), .other = NUMBERS(100, 201));
	server_found(w, 2, NUMBERS(201, 100)); /* fits only what is less certain */
	assert_alone(w, 1);
}

static void a_peer_that_closed_stays_known(void **state)
{
	struct world *w = *state;

	client_found(w, 1, 0);
	end_found(w, 2, 1, 0, SERVER, CLIENT);
	closed(w, 2);
	for (int n = 3; n < 400; n++) { /* so many that it is handed on */
		tcp(w, 10 + n, n);
		closed(w, n);
	}
	TOLD(w, FOUND, SK(1), .other = NUMBERS(100, 201));
	assert_peers(w, 1, 2);
}

/* Socket 2 waited in another namespace's queue; its accept() is told of now. */
static void one_that_waited_for_its_accept_is_told_of_then(void **state)
{
	struct world *w = *state;
	union record r = record_sock(SK(2), 2, AF_INET, SOCK_STREAM);

	client_found(w, 1, NUMBERS(100, 201));
	r.sock.netns = OTHER_NETNS;
	feed(w, r);
	named(w, 2, SERVER, CLIENT);
	TOLD(w, FOUND, SK(2), .h.tid = 1, .other = NUMBERS(200, 101));
	DID(w, accept, .sk2 = SK(2), .ret = 12, .args = { 3 });
	assert_peers(w, 1, 2);
	assert_int_equal(life_of(w, 2)->origin, ORIGIN_ACCEPT);
	assert_int_equal(life_of(w, 2)->descriptor_count, 1);
	assert_descriptor(life_of(w, 2), 0, 1, 12, HOW_ACCEPT, BY_OPEN);
	assert_false(life_of(w, 2)->uncertain);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(mirrored_addresses_join_in_one_namespace),
		WORLD_TEST(in_two_the_numbers_join),
		WORLD_TEST(the_server_may_be_found_first),
		WORLD_TEST(every_way_to_count_fits),
		WORLD_TEST(numbers_wrap),
		WORLD_TEST(others_are_another_connection),
		WORLD_TEST(without_numbers_two_namespaces_are_not_joined),
		WORLD_TEST(numbers_decide_where_addresses_are_the_same),
		WORLD_TEST(one_end_may_be_of_the_trace),
		WORLD_TEST(the_found_one_may_be_first),
		WORLD_TEST(what_the_kernel_told_of_the_beginning_stays),
		WORLD_TEST(a_peer_that_closed_stays_known),
		WORLD_TEST(one_that_waited_for_its_accept_is_told_of_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
