/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user/model_peers.c: the ends of TCP connections by the sequence numbers with which they began, where those are known;
 * and whom a unix datagram socket sends to.
 */
#include "connection.h"

#define NUMBERS(own, peer) ((uint64_t)(own) << 32 | (peer))

/* A client whose connection begins with these, as far as the kernel's word of it; returns when it entered connect(). */
static uint64_t established(struct world *w, int n, uint64_t numbers)
{
	uint64_t at;

	tcp(w, n + 10, n);
	at = connects(w, n);
	CHANGED(w, n, SYN_SENT, ESTABLISHED, .other = numbers);
	return at;
}

static void client_numbered(struct world *w, int n, uint64_t numbers, struct address local, struct address peer)
{
	connected(w, n, established(w, n, numbers), local, peer);
}

/* A connection comes up that waits for accept(). */
static void arrived(struct world *w, int n, uint64_t numbers)
{
	CHANGED(w, n, SYN_RECV, ESTABLISHED, .other = numbers);
}

static void ends_in_two_namespaces_are_joined(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	arrived(w, 2, NUMBERS(9, 7));
	accepted_in(w, 2, OTHER_NETNS, inet(8080), inet(6000)); /* through NAT */
	assert_peers(w, 1, 2);
}

static void the_accepted_one_may_be_told_of_before_connect_returns(void **state)
{
	struct world *w = *state;
	uint64_t at = established(w, 1, NUMBERS(7, 9));

	arrived(w, 2, NUMBERS(9, 7));
	accepted(w, 2);
	connected(w, 1, at, CLIENT, SERVER);
	assert_peers(w, 1, 2);
}

/* Where addresses alone would not know. */
static void of_two_clients_the_numbers_know_which(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	closed(w, 1);
	client_numbered(w, 2, NUMBERS(1, 2), CLIENT, SERVER);
	arrived(w, 3, NUMBERS(9, 7));
	arrived(w, 4, NUMBERS(2, 1));
	accepted(w, 4);
	accepted(w, 3);
	assert_peers(w, 1, 3);
	assert_peers(w, 2, 4);
}

static void other_numbers_are_another_connection(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	arrived(w, 2, NUMBERS(9, 8));
	accepted(w, 2);
	assert_alone(w, 1);
	assert_alone(w, 2);
}

static void the_same_side_is_not_the_other_end(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	arrived(w, 2, NUMBERS(7, 9));
	accepted_in(w, 2, OTHER_NETNS, SERVER, CLIENT);
	assert_alone(w, 1);
	assert_alone(w, 2);
}

static void where_one_has_no_numbers_addresses_decide(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	accepted(w, 2);
	client_of(w, 3, inet(5001), SERVER);
	arrived(w, 4, NUMBERS(1, 2));
	accepted_in(w, 4, 1, SERVER, inet(5001));
	assert_peers(w, 1, 2);
	assert_peers(w, 3, 4);
}

/* The client's were told of after its addresses had been joined with another's, who was not seen to come. */
static void numbers_undo_what_addresses_took_for_it(void **state)
{
	struct world *w = *state;
	uint64_t at;

	tcp(w, 11, 1);
	at = connects(w, 1);
	named(w, 1, CLIENT, SERVER);
	DID(w, connect, .sk = SK(1), .args = { 11 }, .ret = -EINPROGRESS, .dur = at,
	    TCP(TCP_SYN_SENT, | VIEW_BOUND | VIEW_PEER));
	arrived(w, 2, NUMBERS(9, 8));
	accepted(w, 2);
	CHANGED(w, 1, SYN_SENT, ESTABLISHED, .other = NUMBERS(7, 9));
	assert_alone(w, 1);
	assert_alone(w, 2);
}

static void with_other_numbers_an_address_is_another_connections(void **state)
{
	struct world *w = *state;
	uint64_t at = established(w, 1, NUMBERS(7, 9));

	arrived(w, 2, NUMBERS(9, 8));
	accepted(w, 2);
	connected(w, 1, at, CLIENT, SERVER);
	assert_alone(w, 1);
	assert_alone(w, 2);
}

static void numbers_know_better_than_addresses(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	accepted(w, 2); /* nobody saw it come */
	arrived(w, 3, NUMBERS(9, 7));
	accepted_in(w, 3, OTHER_NETNS, SERVER, CLIENT);
	assert_peers(w, 1, 3);
	assert_alone(w, 2);
}

static void numbers_that_are_not_known_join_nothing(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, 0, CLIENT, SERVER);
	client_numbered(w, 2, 0, inet(5001), SERVER);
	assert_alone(w, 1);
	assert_alone(w, 2);
}

static void a_dissolved_connections_numbers_join_nothing(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	feed(w, record_name((struct rec_name){ .sk = SK(1), TCP(TCP_CLOSE, ) }, NONE, NONE));
	arrived(w, 2, NUMBERS(9, 7));
	accepted(w, 2);
	assert_alone(w, 1);
	assert_alone(w, 2);
}

/* The second client was inside connect() when the first one's end was accepted, but has numbers of its own. */
static void one_with_other_numbers_is_no_second_candidate(void **state)
{
	struct world *w = *state;
	uint64_t at;

	client(w, 1);
	closed(w, 1);
	at = established(w, 2, NUMBERS(1, 2));
	arrived(w, 3, NUMBERS(9, 7));
	accepted(w, 3);
	connected(w, 2, at, CLIENT, SERVER);
	assert_peers(w, 1, 3);
	assert_alone(w, 2);
}

static void one_that_numbers_joined_is_no_second_candidate(void **state)
{
	struct world *w = *state;
	uint64_t at;

	client(w, 1);
	closed(w, 1);
	at = established(w, 2, NUMBERS(1, 2));
	arrived(w, 4, NUMBERS(2, 1));
	accepted_in(w, 4, OTHER_NETNS, SERVER, CLIENT);
	accepted(w, 3);
	connected(w, 2, at, CLIENT, SERVER);
	assert_peers(w, 2, 4);
	assert_peers(w, 1, 3);
}

/* It began to connect before the end was accepted that the first one is joined with. */
static void what_numbers_joined_no_address_parts(void **state)
{
	struct world *w = *state;
	uint64_t at;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	closed(w, 1);
	tcp(w, 12, 2);
	at = connects(w, 2);
	arrived(w, 3, NUMBERS(9, 7));
	accepted(w, 3);
	connected(w, 2, at, CLIENT, SERVER);
	assert_peers(w, 1, 3);
	assert_alone(w, 2);
}

static void a_connection_reset_in_the_queue_has_its_other_end(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	closed(w, 1);
	arrived(w, 2, NUMBERS(9, 7));
	accepted_in(w, 2, 1, SERVER, NONE); /* it has lost its port: inet_put_port() */
	assert_peers(w, 1, 2);
}

static void an_mptcp_socket_has_its_subflows_numbers(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	arrived(w, 9, NUMBERS(9, 7));
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	TOLD(w, QUEUE, SK(3), .h.tid = 1, .other = SK(9));
	DID(w, accept, .sk2 = SK(2), .ret = 12, .args = { 3 });
	assert_peers(w, 1, 2);
}

static void a_socket_that_connects_again_has_another_other_end(void **state)
{
	struct world *w = *state;
	uint64_t at;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	arrived(w, 2, NUMBERS(9, 7));
	accepted(w, 2);
	feed(w, record_name((struct rec_name){ .sk = SK(1), TCP(TCP_CLOSE, ) }, NONE, NONE));
	at = connects(w, 1);
	CHANGED(w, 1, SYN_SENT, ESTABLISHED, .other = NUMBERS(3, 4));
	arrived(w, 3, NUMBERS(4, 3));
	accepted_in(w, 3, 1, inet(81), CLIENT);
	connected(w, 1, at, CLIENT, inet(81));
	assert_peers(w, 1, 3);
	assert_int_equal(life_of(w, 2)->peer_socket, life_of(w, 1)->id); /* its only connection was with it */
}

static void one_that_connects_again_to_a_stranger_has_none(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	arrived(w, 2, NUMBERS(9, 7));
	accepted(w, 2);
	feed(w, record_name((struct rec_name){ .sk = SK(1), TCP(TCP_CLOSE, ) }, NONE, NONE));
	connects(w, 1);
	CHANGED(w, 1, SYN_SENT, ESTABLISHED, .other = NUMBERS(3, 4));
	assert_alone(w, 1);
}

static void two_that_connect_to_each_other_at_once_are_joined(void **state) /* RFC 9293, 3.5 */
{
	struct world *w = *state;

	for (int n = 1; n <= 2; n++) {
		tcp(w, n + 10, n);
		connects(w, n);
		CHANGED(w, n, SYN_SENT, SYN_RECV);
		CHANGED(w, n, SYN_RECV, ESTABLISHED, .other = n == 1 ? NUMBERS(7, 9) : NUMBERS(9, 7));
	}
	assert_peers(w, 1, 2);
	STATES_ARE(life_of(w, 1), STATE_CREATED, STATE_CONNECTING, STATE_CONNECTED);
}

static void a_fast_open_child_is_established_after_its_accept(void **state)
{
	struct world *w = *state;

	client_numbered(w, 1, NUMBERS(7, 9), CLIENT, SERVER);
	feed(w, record_sock(SK(2), 2, AF_INET, SOCK_STREAM));
	feed(w, record_name((struct rec_name){ .sk = SK(2), TCP(TCP_SYN_RECV, | VIEW_BOUND | VIEW_PEER) }, inet(1),
			    inet(2)));
	DID(w, accept, .sk2 = SK(2), .ret = 12, .args = { 3 });
	CHANGED(w, 2, SYN_RECV, ESTABLISHED, .other = NUMBERS(9, 7));
	assert_peers(w, 1, 2);
	STATES_ARE(life_of(w, 2), STATE_CONNECTED);
}

static void sends_to(struct world *w, int n, int peer)
{
	feed(w, record_name((struct rec_name){ .sk = SK(n),
					       .peer_sk = peer ? SK(peer) : 0,
					       TCP(TCP_CLOSE, | (peer ? VIEW_PEER : 0)) },
			    NONE, peer ? (struct address){ .len = 2, .bytes = { AF_UNIX } } : NONE));
}

static void datagram_sockets(struct world *w, int count)
{
	for (int n = 1; n <= count; n++)
		socket_of(w, n + 10, n, AF_UNIX, SOCK_DGRAM);
}

static void a_unix_datagram_connect_is_one_sided(void **state)
{
	struct world *w = *state;

	datagram_sockets(w, 2);
	sends_to(w, 1, 2);
	assert_int_equal(life_of(w, 1)->peer_socket, life_of(w, 2)->id);
	assert_alone(w, 2);
}

static void the_last_one_that_it_sent_to_stays(void **state)
{
	struct world *w = *state;

	datagram_sockets(w, 3);
	sends_to(w, 1, 2);
	sends_to(w, 1, 3);
	closed(w, 3);
	sends_to(w, 1, 3); /* bound meanwhile */
	sends_to(w, 1, 0);
	assert_int_equal(life_of(w, 1)->peer_socket, life_of(w, 3)->id);
}

static void one_that_sends_to_a_stranger_has_no_other_end(void **state)
{
	struct world *w = *state;

	datagram_sockets(w, 3);
	closed(w, 3);
	sends_to(w, 1, 2);
	sends_to(w, 1, 9);
	sends_to(w, 2, 3); /* at the address of one that was closed */
	assert_alone(w, 1);
	assert_alone(w, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(ends_in_two_namespaces_are_joined),
		WORLD_TEST(the_accepted_one_may_be_told_of_before_connect_returns),
		WORLD_TEST(of_two_clients_the_numbers_know_which),
		WORLD_TEST(other_numbers_are_another_connection),
		WORLD_TEST(the_same_side_is_not_the_other_end),
		WORLD_TEST(where_one_has_no_numbers_addresses_decide),
		WORLD_TEST(numbers_undo_what_addresses_took_for_it),
		WORLD_TEST(with_other_numbers_an_address_is_another_connections),
		WORLD_TEST(numbers_know_better_than_addresses),
		WORLD_TEST(numbers_that_are_not_known_join_nothing),
		WORLD_TEST(a_dissolved_connections_numbers_join_nothing),
		WORLD_TEST(one_with_other_numbers_is_no_second_candidate),
		WORLD_TEST(one_that_numbers_joined_is_no_second_candidate),
		WORLD_TEST(what_numbers_joined_no_address_parts),
		WORLD_TEST(a_connection_reset_in_the_queue_has_its_other_end),
		WORLD_TEST(an_mptcp_socket_has_its_subflows_numbers),
		WORLD_TEST(a_socket_that_connects_again_has_another_other_end),
		WORLD_TEST(one_that_connects_again_to_a_stranger_has_none),
		WORLD_TEST(two_that_connect_to_each_other_at_once_are_joined),
		WORLD_TEST(a_fast_open_child_is_established_after_its_accept),
		WORLD_TEST(a_unix_datagram_connect_is_one_sided),
		WORLD_TEST(the_last_one_that_it_sent_to_stays),
		WORLD_TEST(one_that_sends_to_a_stranger_has_no_other_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
